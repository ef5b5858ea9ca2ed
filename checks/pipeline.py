"""TokenReel's stages in a pipeline of MLlib's, for spark-submit:

spark-submit --jars tokenreel.jar pipeline.py PACKAGE SCENES OUTPUT SAVED

Saves the pipeline in OUTPUT, loads SAVED, which another version of Spark may have saved, and leaves what it answers in OUTPUT.
"""

import pathlib
import sys

from pyspark.ml import Pipeline, PipelineModel
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

package, *folders = sys.argv[1:]
scenes, output, saved = map(pathlib.Path, folders)
sys.path.append(package)
from tokenreel.ml import AnswerAccuracyEvaluator, AnswerExploder, AnswerGenerator, CompressionTransformer, FrameDecoder, VisionEncoder  # noqa: E402

spark = SparkSession.builder.getOrCreate()
videos = (
    spark.read.json(str(scenes / "questions.jsonl"))
    .groupBy("video_id")
    .agg(F.sort_array(F.collect_list(F.struct("question_id", "question", "options", "answer"))).alias("questions"))
    .withColumn("video_uri", F.concat(F.lit(f"{scenes / 'videos'}/"), "video_id"))
)
stages = [
    FrameDecoder(sampling="uniform:frames=8", modelUrl="default", timeoutSeconds=120, decodeAheadBytes=1 << 26),
    VisionEncoder(batchSize=4),
    CompressionTransformer(handleInvalid="keep", compression="vidcom2:retention=0.25"),
    AnswerGenerator(inputCol="compressed", scoring="options:form=text"),
    AnswerExploder(),
]
Pipeline(stages=stages).fit(videos).write().overwrite().save(str(output / "saved"))
loaded = PipelineModel.load(str(saved))
assert [stage.uid for stage in loaded.stages] and loaded.stages[0].getOrDefault("decodeAheadBytes") == 1 << 26
rows = loaded.transform(videos).select("video_id", "question_id", "options", "answer", "response", "visual_tokens", "compressed.index", "compressed.data")
rows.write.mode("overwrite").parquet(str(output / "rows"))
accuracy = AnswerAccuracyEvaluator(parser="words", labelForm="option").evaluate(spark.read.parquet(str(output / "rows")))
assert 0 <= accuracy <= 1, accuracy
spark.stop()
