"""TokenReel's MLlib stages and its evaluator in PySpark: the same Params, by the same names.

Params are given as keyword arguments and are attributes of a stage, for ParamGridBuilder:

    compression = CompressionTransformer(inputCol="tokens", handleInvalid="keep")
    grid = ParamGridBuilder().addGrid(compression.compression, ["none", "vidcom2:retention=0.25"]).build()

They work in pyspark.ml's Pipeline, TrainValidationSplit and so on, and are saved and loaded with them.
A session with the jar on spark.jars must be there before the first one is made.
"""

from pyspark.ml.evaluation import JavaEvaluator
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable
from pyspark.ml.wrapper import JavaParams, JavaTransformer


class _Named(JavaParams, DefaultParamsReadable, DefaultParamsWritable):
    """What has a Java object of the class `_java_class`, and its Params."""

    _java_class: str

    def __init__(self, **params):
        super().__init__()
        self._java_obj = self._new_java_obj(self._java_class)
        self._resetUid(self._java_obj.uid())
        self._create_params_from_java()
        self._transfer_params_from_java()
        self._set(**params)


class FrameDecoder(_Named, JavaTransformer):
    """From a column of video URIs to one of sampled frames."""

    _java_class = "io.tokenreel.stage.FrameDecoder"


class VisionEncoder(_Named, JavaTransformer):
    """From frames to a column of visual tokens."""

    _java_class = "io.tokenreel.stage.VisionEncoder"


class CompressionTransformer(_Named, JavaTransformer):
    """From visual tokens to a column of those that a method keeps."""

    _java_class = "io.tokenreel.ml.CompressionTransformer"


class AnswerGenerator(_Named, JavaTransformer):
    """From visual tokens and questions to a column of answers."""

    _java_class = "io.tokenreel.stage.AnswerGenerator"


class AnswerExploder(_Named, JavaTransformer):
    """From a row per video to a row per question, with its answer."""

    _java_class = "io.tokenreel.stage.AnswerExploder"


class AnswerAccuracyEvaluator(_Named, JavaEvaluator):
    """The share of questions that are answered right; without an answer, a question counts as wrong."""

    _java_class = "io.tokenreel.eval.ml.AnswerAccuracyEvaluator"
