"""TokenReel from PySpark. The jar holds this package: put the jar on spark.jars and on sys.path."""
