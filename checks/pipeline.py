"""TokenReel's stages in a pipeline of MLlib's, for spark-submit:

PYTHONPATH=python/src spark-submit --jars tokenreel.jar pipeline.py SCENES OUTPUT SAVED

Saves the pipeline in OUTPUT, loads SAVED, which another version of Spark may have saved, and leaves what it answers in OUTPUT.
"""

import pathlib
import sys

from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import SparkSession

import road
from tokenreel.ml import AnswerAccuracyEvaluator

scenes, output, saved = map(pathlib.Path, sys.argv[1:])
spark = SparkSession.builder.getOrCreate()
videos = road.videos(spark, scenes)
Pipeline(stages=road.stages()).fit(videos).write().overwrite().save(str(output / "saved"))
loaded = PipelineModel.load(str(saved))
assert [stage.uid for stage in loaded.stages] and loaded.stages[0].getOrDefault("decodeAheadBytes") == road.DECODE_AHEAD
rows = loaded.transform(videos).select(*road.COLUMNS)
rows.write.mode("overwrite").parquet(str(output / "rows"))
accuracy = AnswerAccuracyEvaluator(parser="words", labelForm="option").evaluate(spark.read.parquet(str(output / "rows")))
assert 0 <= accuracy <= 1, accuracy
spark.stop()
