"""TokenReel's MLlib stages and its evaluator in PySpark: the same Params as in Java, by the same names.

Params are given as keyword arguments and are attributes of a stage, for ParamGridBuilder:

    compression = CompressionTransformer(inputCol="tokens", handleInvalid="keep")
    grid = ParamGridBuilder().addGrid(compression.compression, ["none", "vidcom2:retention=0.25"]).build()

They work in pyspark.ml's Pipeline, TrainValidationSplit and so on, and are saved and loaded with them. A session must be
there before the first one is made. `CompressionTransformer` needs the small jar of the functions, all others the product jar;
`tokenreel.session()` brings them. Over Spark Connect the server must have the jar, and values are checked when a stage runs.
"""

# Names of Params and their methods are Java's and pyspark.ml's.
# ruff: noqa: N802, N815

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

from pyspark.ml.evaluation import JavaEvaluator
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import DefaultParamsReadable, DefaultParamsWritable, DefaultParamsWriter
from pyspark.ml.wrapper import JavaParams, JavaTransformer
from pyspark.sql import is_remote

if TYPE_CHECKING:
    from typing import Self, Unpack

__all__ = [
    "AnswerAccuracyEvaluator",
    "AnswerExploder",
    "AnswerGenerator",
    "CompressionTransformer",
    "FrameDecoder",
    "VisionEncoder",
]


def _text(name: str, doc: str) -> Param[str]:
    return Param(Params._dummy(), name, doc, TypeConverters.toString)


def _number(name: str, doc: str) -> Param[int]:
    return Param(Params._dummy(), name, doc, TypeConverters.toInt)


class _Writer(DefaultParamsWriter):
    """PySpark's, which cannot replace a saved stage over Spark Connect: it asks for the session's JVM."""

    def _handleOverwrite(self, path: str) -> None:
        if is_remote():
            from pyspark.ml.connect.readwrite import RemoteMLWriter

            RemoteMLWriter.handleOverwrite(path, True)
        else:
            super()._handleOverwrite(path)


class _JavaStage(JavaParams, DefaultParamsReadable[Any], DefaultParamsWritable):
    """What has a Java object of the class `_java_class`, its Params, and their defaults."""

    _java_class: ClassVar[str]
    _defaults: ClassVar[Mapping[str, object]]

    def __init__(self, **params: Any) -> None:
        super().__init__()
        self._java_obj = self._java_object()
        self._setDefault(**self._defaults)
        self._set_params(params)

    def _java_object(self) -> Any:
        from pyspark import SparkContext

        if not is_remote() and SparkContext._active_spark_context is None:
            raise RuntimeError(f"{type(self).__name__} needs a Spark session: make one first, such as by tokenreel.session()")
        try:
            return self._new_java_obj(self._java_class, self.uid)
        except TypeError as error:  # py4j takes a class that is not there for a package, which cannot be called
            raise RuntimeError(
                f"the session has no class {self._java_class}: it was made without TokenReel's jar."
                " Restart Python, whose JVM outlives the session, and use tokenreel.session(),"
                " or make the session with the jar on spark.jars"
            ) from error

    def write(self) -> DefaultParamsWriter:
        return _Writer(self)

    def _set_params(self, params: Mapping[str, Any]) -> None:
        known = sorted(param.name for param in self.params)
        for name in params:
            if name not in known:
                near = get_close_matches(name, known, 1)
                hint = f" (did you mean {near[0]}?)" if near else ""
                raise TypeError(f"{type(self).__name__} has no Param '{name}'{hint}; it has {', '.join(known)}")
        self._set(**params)
        if not isinstance(self._java_obj, str):  # over Connect it is a name
            self._transfer_params_to_java()  # which checks the values


class FrameDecoderParams(TypedDict, total=False):
    """Params of a `FrameDecoder`, which documents them."""

    inputCol: str
    outputCol: str
    idCol: str
    lengthCol: str
    sampling: str
    modelUrl: str
    fit: str
    frameHeight: int
    frameWidth: int
    check: str
    timeoutSeconds: int
    memoryMegabytes: int
    maxDurationHours: int
    decodeAheadBytes: int


class FrameDecoder(_JavaStage, JavaTransformer):
    """From a column of video URIs to one of sampled frames."""

    inputCol = _text("inputCol", "name of the column to read")
    outputCol = _text("outputCol", "name of the column to append")
    idCol = _text("idCol", "column that holds the video's id, for log lines; empty: its URI serves")
    lengthCol = _text(
        "lengthCol", "bigint column that holds the video's length in bytes, which what is read must have, or NULL; empty: none"
    )
    sampling = _text("sampling", "which frames to return, such as uniform:frames=32")
    modelUrl = _text(
        "modelUrl", "checkpoint folder, or default, of the encoder whose frame size is taken; empty: fit, or frameHeight and frameWidth"
    )
    fit = _text("fit", "how frames are sized, fixed:384x384 or smart:factor=28,min=3136,max=12845056; empty: by modelUrl or frameHeight")
    frameHeight = _number("frameHeight", "height in pixels of the frames returned")
    frameWidth = _number("frameWidth", "width in pixels of the frames returned")
    check = _text("check", "sampled: errors on the way to the sampled frames count; full: everything is decoded")
    timeoutSeconds = _number("timeoutSeconds", "wall time that one video may take, and processor time")
    memoryMegabytes = _number("memoryMegabytes", "memory that a decoder process may take")
    maxDurationHours = _number(
        "maxDurationHours", "hours that a video may last from its first frame to its last; a longer one is FAILED (too_large)"
    )
    decodeAheadBytes = _number("decodeAheadBytes", "bytes of frames that may wait for the encoder in each task")

    _java_class = "io.tokenreel.stage.FrameDecoder"
    _defaults: ClassVar[Mapping[str, object]] = {
        "inputCol": "video_uri",
        "outputCol": "frames",
        "idCol": "",
        "lengthCol": "",
        "sampling": "uniform:frames=32",
        "modelUrl": "",
        "fit": "",
        "check": "sampled",
        "timeoutSeconds": 600,
        "memoryMegabytes": 512,
        "maxDurationHours": 12,
        "decodeAheadBytes": 268435456,
    }

    def __init__(self, **params: Unpack[FrameDecoderParams]) -> None:
        super().__init__(**params)

    def setParams(self, **params: Unpack[FrameDecoderParams]) -> Self:
        """Sets Params by their names."""
        self._set_params(params)
        return self


class VisionEncoderParams(TypedDict, total=False):
    """Params of a `VisionEncoder`, which documents them."""

    inputCol: str
    outputCol: str
    encodingCol: str
    modelUrl: str
    engine: str
    device: str
    computeDtype: str
    batchSize: int
    maxVideoTokens: int
    tokenDtype: str


class VisionEncoder(_JavaStage, JavaTransformer):
    """From frames to a column of visual tokens."""

    inputCol = _text("inputCol", "name of the column to read")
    outputCol = _text("outputCol", "name of the column to append")
    encodingCol = _text("encodingCol", "name of the column for encoder, error, time and separator rows")
    modelUrl = _text("modelUrl", "checkpoint folder on any Hadoop file system, or default")
    engine = _text("engine", "the DJL engine that runs the model; PyTorch is the one there is")
    device = _text(
        "device", "auto, cpu, cuda or cuda:N, N counting the GPUs that the process sees; a GPU that Spark assigned to the task goes before"
    )
    computeDtype = _text(
        "computeDtype",
        "auto, f32, bf16 or f16: what the model's matrices are held and multiplied in, part of the model's name in results; auto is bf16"
        " on a GPU and f32 on a CPU, unless modelUrl names a type",
    )
    batchSize = _number(
        "batchSize",
        "frames that are handed to the tower together, across videos; on a GPU one forward pass, on the CPU a pass is always one frame,"
        " so that results are the same to the last bit",
    )
    maxVideoTokens = _number(
        "maxVideoTokens",
        "tokens that a video may have before compression; a larger one is not encoded and has the reason too_many_tokens;"
        " 0: any number that a row holds",
    )
    tokenDtype = _text("tokenDtype", "how the tokens are handed on and stored: [f32, f16, bf16, int8, fp8]")

    _java_class = "io.tokenreel.stage.VisionEncoder"
    _defaults: ClassVar[Mapping[str, object]] = {
        "inputCol": "frames",
        "outputCol": "tokens",
        "encodingCol": "encoding",
        "modelUrl": "default",
        "engine": "PyTorch",
        "device": "auto",
        "computeDtype": "auto",
        "batchSize": 32,
        "maxVideoTokens": 0,
        "tokenDtype": "bf16",
    }

    def __init__(self, **params: Unpack[VisionEncoderParams]) -> None:
        super().__init__(**params)

    def setParams(self, **params: Unpack[VisionEncoderParams]) -> Self:
        """Sets Params by their names."""
        self._set_params(params)
        return self


class CompressionTransformerParams(TypedDict, total=False):
    """Params of a `CompressionTransformer`, which documents them."""

    inputCol: str
    outputCol: str
    compression: str
    tokenDtype: str
    handleInvalid: str


class CompressionTransformer(_JavaStage, JavaTransformer):
    """From visual tokens to a column of those that a method keeps."""

    inputCol = _text("inputCol", "name of the column to read")
    outputCol = _text("outputCol", "name of the column to append")
    compression = _text("compression", "spec of the method, such as vidcom2:retention=0.25")
    tokenDtype = _text("tokenDtype", "how kept tokens are stored: [same, f32, f16, bf16, int8, fp8]")
    handleInvalid = _text(
        "handleInvalid", "what becomes of a block that the method refuses: error (the query fails) or keep (the result says why)"
    )

    _java_class = "io.tokenreel.ml.CompressionTransformer"
    _defaults: ClassVar[Mapping[str, object]] = {
        "inputCol": "tokens",
        "outputCol": "compressed",
        "compression": "vidcom2:retention=0.25",
        "tokenDtype": "same",
        "handleInvalid": "error",
    }

    def __init__(self, **params: Unpack[CompressionTransformerParams]) -> None:
        super().__init__(**params)

    def setParams(self, **params: Unpack[CompressionTransformerParams]) -> Self:
        """Sets Params by their names."""
        self._set_params(params)
        return self


class AnswerGeneratorParams(TypedDict, total=False):
    """Params of an `AnswerGenerator`, which documents them."""

    inputCol: str
    questionsCol: str
    outputCol: str
    modelUrl: str
    device: str
    computeDtype: str
    kv: str
    scoring: str
    template: str


class AnswerGenerator(_JavaStage, JavaTransformer):
    """From visual tokens and questions to a column of answers."""

    inputCol = _text("inputCol", "name of the column to read")
    questionsCol = _text("questionsCol", "name of the column of questions")
    outputCol = _text("outputCol", "name of the column to append")
    modelUrl = _text("modelUrl", "checkpoint folder on any Hadoop file system, or default")
    device = _text(
        "device", "auto, cpu, cuda or cuda:N, N counting the GPUs that the process sees; a GPU that Spark assigned to the task goes before"
    )
    computeDtype = _text(
        "computeDtype",
        "auto, f32, bf16 or f16: what the model's matrices are held and multiplied in, part of the model's name in results; auto is bf16"
        " on a GPU and f32 on a CPU, unless modelUrl names a type",
    )
    kv = _text("kv", "how keys and values are kept while decoding: full, or dycoke:layer=3,prune=0.7,...")
    scoring = _text("scoring", "how answers are got: generate:tokens=N,form=letter|text or options:form=letter|text")
    template = _text("template", "how a question becomes a prompt: chat, the checkpoint's own template, or qwen_1_5")

    _java_class = "io.tokenreel.stage.AnswerGenerator"
    _defaults: ClassVar[Mapping[str, object]] = {
        "inputCol": "visual",
        "questionsCol": "questions",
        "outputCol": "answers",
        "modelUrl": "default",
        "device": "auto",
        "computeDtype": "auto",
        "kv": "full",
        "scoring": "generate:tokens=16,form=letter",
        "template": "chat",
    }

    def __init__(self, **params: Unpack[AnswerGeneratorParams]) -> None:
        super().__init__(**params)

    def setParams(self, **params: Unpack[AnswerGeneratorParams]) -> Self:
        """Sets Params by their names."""
        self._set_params(params)
        return self


class AnswerExploderParams(TypedDict, total=False):
    """Params of an `AnswerExploder`, which documents them."""

    answersCol: str
    questionsCol: str


class AnswerExploder(_JavaStage, JavaTransformer):
    """From a row per video to a row per question, with its answer."""

    answersCol = _text("answersCol", "name of the column of answers")
    questionsCol = _text("questionsCol", "name of the column of questions")

    _java_class = "io.tokenreel.stage.AnswerExploder"
    _defaults: ClassVar[Mapping[str, object]] = {"answersCol": "answers", "questionsCol": "questions"}

    def __init__(self, **params: Unpack[AnswerExploderParams]) -> None:
        super().__init__(**params)

    def setParams(self, **params: Unpack[AnswerExploderParams]) -> Self:
        """Sets Params by their names."""
        self._set_params(params)
        return self


class AnswerAccuracyEvaluatorParams(TypedDict, total=False):
    """Params of an `AnswerAccuracyEvaluator`, which documents them."""

    predictionCol: str
    labelCol: str
    optionsCol: str
    labelForm: str
    parser: str
    metricName: str


class AnswerAccuracyEvaluator(_JavaStage, JavaEvaluator):
    """The share of questions that are answered right; without an answer, a question counts as wrong."""

    predictionCol = _text("predictionCol", "column of responses; NULL where there is none")
    labelCol = _text("labelCol", "column of right answers")
    optionsCol = _text("optionsCol", "column of the questions' options")
    labelForm = _text("labelForm", "what labelCol holds: letter (from A), index (from 0) or option (its words)")
    parser = _text(
        "parser",
        "how the choice is found in a response: one of [before_paren, egoschema, first_abcd, longvideobench, mcq_extract, mvbench, nextqa,"
        " perceptiontest, words]",
    )
    metricName = _text("metricName", "share of all questions that is given: one of [accuracy, missing, unread, guessed]")

    _java_class = "io.tokenreel.eval.ml.AnswerAccuracyEvaluator"
    _defaults: ClassVar[Mapping[str, object]] = {
        "predictionCol": "response",
        "labelCol": "answer",
        "optionsCol": "options",
        "labelForm": "letter",
        "metricName": "accuracy",
    }

    def __init__(self, **params: Unpack[AnswerAccuracyEvaluatorParams]) -> None:
        super().__init__(**params)

    def setParams(self, **params: Unpack[AnswerAccuracyEvaluatorParams]) -> Self:
        """Sets Params by their names."""
        self._set_params(params)
        return self

    def isLargerBetter(self) -> bool:
        """Whether a larger value of `metricName` is better: of accuracy alone."""
        return self.getOrDefault(self.metricName) == "accuracy"
