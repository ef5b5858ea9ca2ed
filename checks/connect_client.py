"""A client of Spark Connect that has no JVM: the SQL functions, the classes for registerJavaFunction, and the MLlib stages.

python connect_client.py sc://HOST:PORT SCENES OUTPUT

Prints the functions' rows as JSON, and leaves in OUTPUT what pipeline.py leaves.
"""

import json
import os
import pathlib
import shutil
import sys
import types

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.evaluation import JavaEvaluator
from pyspark.ml.param import Param, Params
from pyspark.ml.util import JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaTransformer
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

import each_version

url, *folders = sys.argv[1:]
scenes, output = map(pathlib.Path, folders)
assert shutil.which("java") is None and "JAVA_HOME" not in os.environ


def stage(base, java_class, *params):
    """What a Python package would have: a class by the name of the Java one, by which a saved stage finds it."""

    def init(self, **values):
        base.__init__(self)
        self._java_obj = self._new_java_obj(java_class, self.uid)
        self._set(**values)

    module, name = java_class.rsplit(".", 1)
    members = {"__init__": init, "__module__": module, **{param: Param(Params._dummy(), param, param) for param in params}}
    made = type(name, (base, JavaMLReadable, JavaMLWritable), members)
    setattr(sys.modules.setdefault(module, types.ModuleType(module)), name, made)
    return made


COLUMNS = ["inputCol", "outputCol"]
DECODING = ["sampling", "modelUrl", "timeoutSeconds", "decodeAheadBytes"]
FrameDecoder = stage(JavaTransformer, "io.tokenreel.stage.FrameDecoder", *COLUMNS, *DECODING)
VisionEncoder = stage(JavaTransformer, "io.tokenreel.stage.VisionEncoder", *COLUMNS, "batchSize")
CompressionTransformer = stage(JavaTransformer, "io.tokenreel.ml.CompressionTransformer", *COLUMNS, "compression", "handleInvalid")
AnswerGenerator = stage(JavaTransformer, "io.tokenreel.stage.AnswerGenerator", *COLUMNS, "scoring")
AnswerExploder = stage(JavaTransformer, "io.tokenreel.stage.AnswerExploder")
AnswerAccuracyEvaluator = stage(JavaEvaluator, "io.tokenreel.eval.ml.AnswerAccuracyEvaluator", "parser", "labelForm", "metricName")

spark = SparkSession.builder.remote(url).getOrCreate()
print(json.dumps(each_version.results(spark, each_version.calls())))
each_version.register(spark)
print(json.dumps(each_version.results(spark, each_version.calls("java_"))))

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
columns = ["video_id", "question_id", "options", "answer", "response", "visual_tokens", "compressed.index", "compressed.data"]
made = Pipeline(stages=stages).fit(videos)
made.transform(videos).select(*columns).write.mode("overwrite").parquet(str(output / "rows"))
made.write().overwrite().save(str(output / "saved"))
loaded = PipelineModel.load(str(output / "saved"))
assert loaded.stages[0].getOrDefault("decodeAheadBytes") == 1 << 26
loaded.transform(videos).select(*columns).write.mode("overwrite").parquet(str(output / "loaded"))
evaluator = AnswerAccuracyEvaluator(parser="words", labelForm="option")
evaluator.write().overwrite().save(str(output / "evaluator"))
answered = spark.read.parquet(str(output / "rows"))
print(json.dumps([each.evaluate(answered) for each in [evaluator, AnswerAccuracyEvaluator.load(str(output / "evaluator"))]]))
