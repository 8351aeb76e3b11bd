"""The parameters of torch's layers and their defaults, so that code is written without importing torch.

The order is torch's. Parameters that no layer type sets (device, dtype, inplace, reduction, ...) are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final


class Required:
    """What stands for the default of a parameter that has none."""

    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED: Final = Required()

SIGNATURES: Mapping[str, Mapping[str, Any]] = {
    "AdaptiveAvgPool1d": {"output_size": REQUIRED},
    "AdaptiveAvgPool2d": {"output_size": REQUIRED},
    "AdaptiveAvgPool3d": {"output_size": REQUIRED},
    "AdaptiveMaxPool1d": {"output_size": REQUIRED},
    "AdaptiveMaxPool2d": {"output_size": REQUIRED},
    "AdaptiveMaxPool3d": {"output_size": REQUIRED},
    "AlphaDropout": {"p": 0.5},
    "AvgPool1d": {
        "kernel_size": REQUIRED, "stride": None, "padding": 0, "ceil_mode": False,
        "count_include_pad": True,
    },
    "AvgPool2d": {
        "kernel_size": REQUIRED, "stride": None, "padding": 0, "ceil_mode": False,
        "count_include_pad": True,
    },
    "AvgPool3d": {
        "kernel_size": REQUIRED, "stride": None, "padding": 0, "ceil_mode": False,
        "count_include_pad": True,
    },
    "BCELoss": {"weight": None},
    "BCEWithLogitsLoss": {"weight": None, "pos_weight": None},
    "BatchNorm1d": {
        "num_features": REQUIRED, "eps": 1e-05, "momentum": 0.1, "affine": True,
        "track_running_stats": True, "bias": True,
    },
    "BatchNorm2d": {
        "num_features": REQUIRED, "eps": 1e-05, "momentum": 0.1, "affine": True,
        "track_running_stats": True, "bias": True,
    },
    "BatchNorm3d": {
        "num_features": REQUIRED, "eps": 1e-05, "momentum": 0.1, "affine": True,
        "track_running_stats": True, "bias": True,
    },
    "Bilinear": {
        "in1_features": REQUIRED, "in2_features": REQUIRED, "out_features": REQUIRED, "bias": True,
    },
    "CELU": {"alpha": 1.0},
    "CTCLoss": {"blank": 0, "zero_infinity": False},
    "ChannelShuffle": {"groups": REQUIRED},
    "CircularPad1d": {"padding": REQUIRED},
    "CircularPad2d": {"padding": REQUIRED},
    "CircularPad3d": {"padding": REQUIRED},
    "ConstantPad1d": {"padding": REQUIRED, "value": REQUIRED},
    "ConstantPad2d": {"padding": REQUIRED, "value": REQUIRED},
    "ConstantPad3d": {"padding": REQUIRED, "value": REQUIRED},
    "Conv1d": {
        "in_channels": REQUIRED, "out_channels": REQUIRED, "kernel_size": REQUIRED, "stride": 1,
        "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros",
    },
    "Conv2d": {
        "in_channels": REQUIRED, "out_channels": REQUIRED, "kernel_size": REQUIRED, "stride": 1,
        "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros",
    },
    "Conv3d": {
        "in_channels": REQUIRED, "out_channels": REQUIRED, "kernel_size": REQUIRED, "stride": 1,
        "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros",
    },
    "ConvTranspose1d": {
        "in_channels": REQUIRED, "out_channels": REQUIRED, "kernel_size": REQUIRED, "stride": 1,
        "padding": 0, "output_padding": 0, "groups": 1, "bias": True, "dilation": 1, "padding_mode":
        "zeros",
    },
    "ConvTranspose2d": {
        "in_channels": REQUIRED, "out_channels": REQUIRED, "kernel_size": REQUIRED, "stride": 1,
        "padding": 0, "output_padding": 0, "groups": 1, "bias": True, "dilation": 1, "padding_mode":
        "zeros",
    },
    "ConvTranspose3d": {
        "in_channels": REQUIRED, "out_channels": REQUIRED, "kernel_size": REQUIRED, "stride": 1,
        "padding": 0, "output_padding": 0, "groups": 1, "bias": True, "dilation": 1, "padding_mode":
        "zeros",
    },
    "CosineEmbeddingLoss": {"margin": 0.0},
    "CosineSimilarity": {"dim": 1, "eps": 1e-08},
    "CrossEntropyLoss": {"weight": None, "ignore_index": -100, "label_smoothing": 0.0},
    "Dropout": {"p": 0.5},
    "Dropout1d": {"p": 0.5},
    "Dropout2d": {"p": 0.5},
    "Dropout3d": {"p": 0.5},
    "ELU": {"alpha": 1.0},
    "Embedding": {
        "num_embeddings": REQUIRED, "embedding_dim": REQUIRED, "padding_idx": None, "norm_type":
        2.0,
    },
    "EmbeddingBag": {
        "num_embeddings": REQUIRED, "embedding_dim": REQUIRED, "norm_type": 2.0, "mode": "mean",
        "include_last_offset": False, "padding_idx": None,
    },
    "FeatureAlphaDropout": {"p": 0.5},
    "Flatten": {"start_dim": 1, "end_dim": -1},
    "Fold": {
        "output_size": REQUIRED, "kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1,
    },
    "FractionalMaxPool2d": {"kernel_size": REQUIRED, "output_size": None, "output_ratio": None},
    "GELU": {"approximate": "none"},
    "GLU": {"dim": -1},
    "GRU": {
        "input_size": REQUIRED, "hidden_size": REQUIRED, "num_layers": 1, "bias": True,
        "batch_first": False, "dropout": 0.0, "bidirectional": False,
    },
    "GRUCell": {"input_size": REQUIRED, "hidden_size": REQUIRED, "bias": True},
    "GaussianNLLLoss": {"full": False, "eps": 1e-06},
    "GroupNorm": {
        "num_groups": REQUIRED, "num_channels": REQUIRED, "eps": 1e-05, "affine": True, "bias":
        True,
    },
    "Hardshrink": {"lambd": 0.5},
    "Hardsigmoid": {},
    "Hardswish": {},
    "Hardtanh": {"min_val": -1.0, "max_val": 1.0},
    "HingeEmbeddingLoss": {"margin": 1.0},
    "HuberLoss": {"delta": 1.0},
    "Identity": {},
    "InstanceNorm1d": {
        "num_features": REQUIRED, "eps": 1e-05, "momentum": 0.1, "affine": False,
        "track_running_stats": False, "bias": True,
    },
    "InstanceNorm2d": {
        "num_features": REQUIRED, "eps": 1e-05, "momentum": 0.1, "affine": False,
        "track_running_stats": False, "bias": True,
    },
    "InstanceNorm3d": {
        "num_features": REQUIRED, "eps": 1e-05, "momentum": 0.1, "affine": False,
        "track_running_stats": False, "bias": True,
    },
    "KLDivLoss": {"log_target": False},
    "L1Loss": {},
    "LPPool1d": {
        "norm_type": REQUIRED, "kernel_size": REQUIRED, "stride": None, "ceil_mode": False,
    },
    "LPPool2d": {
        "norm_type": REQUIRED, "kernel_size": REQUIRED, "stride": None, "ceil_mode": False,
    },
    "LPPool3d": {
        "norm_type": REQUIRED, "kernel_size": REQUIRED, "stride": None, "ceil_mode": False,
    },
    "LSTM": {
        "input_size": REQUIRED, "hidden_size": REQUIRED, "num_layers": 1, "bias": True,
        "batch_first": False, "dropout": 0.0, "bidirectional": False, "proj_size": 0,
    },
    "LSTMCell": {"input_size": REQUIRED, "hidden_size": REQUIRED, "bias": True},
    "LayerNorm": {
        "normalized_shape": REQUIRED, "eps": 1e-05, "elementwise_affine": True, "bias": True,
    },
    "LeakyReLU": {"negative_slope": 0.01},
    "Linear": {"in_features": REQUIRED, "out_features": REQUIRED, "bias": True},
    "LocalResponseNorm": {"size": REQUIRED, "alpha": 0.0001, "beta": 0.75, "k": 1.0},
    "LogSigmoid": {},
    "LogSoftmax": {"dim": None},
    "MSELoss": {},
    "MarginRankingLoss": {"margin": 0.0},
    "MaxPool1d": {
        "kernel_size": REQUIRED, "stride": None, "padding": 0, "dilation": 1, "ceil_mode": False,
    },
    "MaxPool2d": {
        "kernel_size": REQUIRED, "stride": None, "padding": 0, "dilation": 1, "ceil_mode": False,
    },
    "MaxPool3d": {
        "kernel_size": REQUIRED, "stride": None, "padding": 0, "dilation": 1, "ceil_mode": False,
    },
    "Mish": {},
    "MultiLabelMarginLoss": {},
    "MultiLabelSoftMarginLoss": {"weight": None},
    "MultiMarginLoss": {"p": 1, "margin": 1.0, "weight": None},
    "MultiheadAttention": {
        "embed_dim": REQUIRED, "num_heads": REQUIRED, "dropout": 0.0, "bias": True, "add_bias_kv":
        False, "kdim": None, "vdim": None, "batch_first": False,
    },
    "NLLLoss": {"weight": None, "ignore_index": -100},
    "PReLU": {"num_parameters": 1, "init": 0.25},
    "PairwiseDistance": {"p": 2.0, "eps": 1e-06, "keepdim": False},
    "PixelShuffle": {"upscale_factor": REQUIRED},
    "PixelUnshuffle": {"downscale_factor": REQUIRED},
    "PoissonNLLLoss": {"log_input": True, "full": False, "eps": 1e-08},
    "RMSNorm": {"normalized_shape": REQUIRED, "eps": None, "elementwise_affine": True},
    "RNN": {
        "input_size": REQUIRED, "hidden_size": REQUIRED, "num_layers": 1, "nonlinearity": "tanh",
        "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False,
    },
    "RNNCell": {
        "input_size": REQUIRED, "hidden_size": REQUIRED, "bias": True, "nonlinearity": "tanh",
    },
    "RReLU": {"lower": 0.125, "upper": 0.3333333333333333},
    "ReLU": {},
    "ReLU6": {},
    "ReflectionPad1d": {"padding": REQUIRED},
    "ReflectionPad2d": {"padding": REQUIRED},
    "ReflectionPad3d": {"padding": REQUIRED},
    "ReplicationPad1d": {"padding": REQUIRED},
    "ReplicationPad2d": {"padding": REQUIRED},
    "ReplicationPad3d": {"padding": REQUIRED},
    "SELU": {},
    "SiLU": {},
    "Sigmoid": {},
    "SmoothL1Loss": {"beta": 1.0},
    "SoftMarginLoss": {},
    "Softmax": {"dim": None},
    "Softmax2d": {},
    "Softmin": {"dim": None},
    "Softplus": {"beta": 1.0, "threshold": 20.0},
    "Softshrink": {"lambd": 0.5},
    "Softsign": {},
    "Tanh": {},
    "Tanhshrink": {},
    "Threshold": {"threshold": REQUIRED, "value": REQUIRED},
    "TransformerDecoderLayer": {
        "d_model": REQUIRED, "nhead": REQUIRED, "dim_feedforward": 2048, "dropout": 0.1,
        "activation": "relu", "layer_norm_eps": 1e-05, "batch_first": False, "norm_first": False,
        "bias": True,
    },
    "TransformerEncoderLayer": {
        "d_model": REQUIRED, "nhead": REQUIRED, "dim_feedforward": 2048, "dropout": 0.1,
        "activation": "relu", "layer_norm_eps": 1e-05, "batch_first": False, "norm_first": False,
        "bias": True,
    },
    "TripletMarginLoss": {"margin": 1.0, "p": 2.0, "eps": 1e-06, "swap": False},
    "Unflatten": {"dim": REQUIRED, "unflattened_size": REQUIRED},
    "Unfold": {"kernel_size": REQUIRED, "dilation": 1, "padding": 0, "stride": 1},
    "Upsample": {"size": None, "scale_factor": None, "mode": "nearest", "align_corners": None},
    "ZeroPad1d": {"padding": REQUIRED},
    "ZeroPad2d": {"padding": REQUIRED},
    "ZeroPad3d": {"padding": REQUIRED},
}  # fmt: skip
