"""A client of Spark Connect that has no JVM: the SQL functions, the classes for registerJavaFunction, and the MLlib stages.

PYTHONPATH=python/src python connect_client.py sc://HOST:PORT SCENES OUTPUT

Prints the functions' rows as JSON, and leaves in OUTPUT what pipeline.py leaves.
"""

import json
import os
import pathlib
import shutil
import sys

from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import SparkSession

import each_version
import road
from tokenreel.ml import AnswerAccuracyEvaluator

url, *folders = sys.argv[1:]
scenes, output = map(pathlib.Path, folders)
assert shutil.which("java") is None and "JAVA_HOME" not in os.environ


spark = SparkSession.builder.remote(url).getOrCreate()
print(json.dumps(each_version.results(spark, each_version.calls())))
each_version.register(spark)
print(json.dumps(each_version.results(spark, each_version.calls("java_"))))

videos = road.videos(spark, scenes)
made = Pipeline(stages=road.stages()).fit(videos)
made.transform(videos).select(*road.COLUMNS).write.mode("overwrite").parquet(str(output / "rows"))
made.write().overwrite().save(str(output / "saved"))
loaded = PipelineModel.load(str(output / "saved"))
assert loaded.stages[0].getOrDefault("decodeAheadBytes") == road.DECODE_AHEAD
loaded.transform(videos).select(*road.COLUMNS).write.mode("overwrite").parquet(str(output / "loaded"))
evaluator = AnswerAccuracyEvaluator(parser="words", labelForm="option")
evaluator.write().overwrite().save(str(output / "evaluator"))
answered = spark.read.parquet(str(output / "rows"))
print(json.dumps([each.evaluate(answered) for each in [evaluator, AnswerAccuracyEvaluator.load(str(output / "evaluator"))]]))
