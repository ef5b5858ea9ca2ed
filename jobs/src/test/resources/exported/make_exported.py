"""Writes the exported encoders that DjlFamilyTest opens: tiny.pt and tiny.onnx, which compute the same and have no weights.

    python -m venv .venv && .venv/bin/pip install torch==2.7.1 onnx==1.23.2
    .venv/bin/python jobs/src/test/resources/exported/make_exported.py

Of pixels [n, 3, 8, 12] they give tokens [n, 7, 3], a class token (the mean of the others) and per square of 4 x 4 pixels, row by row,
the mean of each colour; and as a second output that class token, [n, 3].
"""

import pathlib
from typing import Tuple

import onnx
import torch
from onnx import TensorProto, helper
from torch import Tensor
from torch.nn import functional as F

FOLDER = pathlib.Path(__file__).resolve().parent
SIDE = 4


class Tiny(torch.nn.Module):
    def forward(self, pixels: Tensor) -> Tuple[Tensor, Tensor]:
        squares = F.avg_pool2d(pixels, 4).flatten(2).transpose(1, 2)
        whole = squares.mean(1, keepdim=True)
        return torch.cat([whole, squares], 1), whole.squeeze(1)


def tiny_onnx() -> onnx.ModelProto:
    nodes = [
        helper.make_node("AveragePool", ["pixels"], ["pooled"], kernel_shape=[SIDE, SIDE], strides=[SIDE, SIDE]),
        helper.make_node("Reshape", ["pooled", "flat"], ["flattened"]),
        helper.make_node("Transpose", ["flattened"], ["squares"], perm=[0, 2, 1]),
        helper.make_node("ReduceMean", ["squares"], ["whole"], axes=[1], keepdims=1),
        helper.make_node("Concat", ["whole", "squares"], ["tokens"], axis=1),
        helper.make_node("ReduceMean", ["squares"], ["pooler"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 8, 12])],
        [
            helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["n", 7, 3]),
            helper.make_tensor_value_info("pooler", TensorProto.FLOAT, ["n", 3]),
        ],
        [helper.make_tensor("flat", TensorProto.INT64, [3], [0, 3, -1])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    torch.jit.script(Tiny().eval()).save(str(FOLDER / "tiny.pt"))
    onnx.save(tiny_onnx(), FOLDER / "tiny.onnx")
