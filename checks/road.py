"""The pipeline of pipeline.py and of connect_client.py: from videos with questions to answers."""

from pyspark.sql import functions as F

from tokenreel.ml import AnswerExploder, AnswerGenerator, CompressionTransformer, FrameDecoder, VisionEncoder

DECODE_AHEAD = 1 << 26  # a long, which a Param must keep through save and load
COLUMNS = ["video_id", "question_id", "options", "answer", "response", "visual_tokens", "compressed.index", "compressed.data"]


def videos(spark, scenes):
    """A row per rendered video, with its questions."""
    return (
        spark.read.json(str(scenes / "questions.jsonl"))
        .groupBy("video_id")
        .agg(F.sort_array(F.collect_list(F.struct("question_id", "question", "options", "answer"))).alias("questions"))
        .withColumn("video_uri", F.concat(F.lit(f"{scenes / 'videos'}/"), "video_id"))
    )


def stages():
    return [
        FrameDecoder(sampling="uniform:frames=8", modelUrl="default", timeoutSeconds=120, decodeAheadBytes=DECODE_AHEAD),
        VisionEncoder(batchSize=4),
        CompressionTransformer(handleInvalid="keep", compression="vidcom2:retention=0.25"),
        AnswerGenerator(inputCol="compressed", scoring="options:form=text"),
        AnswerExploder(),
    ]
