"""Token selections in plain numpy, float64: what TokenReel computes with the specs of the same names."""

import numpy as np


def select(spec: str, tokens: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Ascending flat indices of the kept tokens of one video; tokens is (frames, tokens per frame, channels).

    Specs: none, vidcom2:retention=R, uniform:retention=R, random:retention=R (drawn from rng), frames:keep=1/N.
    """
    name, _, setting = spec.partition(":")
    frames, per_frame, _ = tokens.shape
    if name == "none":
        return np.arange(frames * per_frame)
    if name == "frames":
        step = int(setting.removeprefix("keep=1/"))
        kept = np.arange(0, frames, step)
        return (kept[:, None] * per_frame + np.arange(per_frame)).ravel()
    retention = float(setting.removeprefix("retention="))
    if name == "vidcom2":
        return vidcom2(tokens, retention)
    if name == "uniform":
        places = np.arange(0, per_frame, round(1 / retention))
        return (np.arange(frames)[:, None] * per_frame + places).ravel()
    if name == "random":
        count = max(1, round(retention * frames * per_frame))
        return np.sort(rng.permutation(frames * per_frame)[:count])
    raise ValueError(f"unknown spec {spec}")


def vidcom2(tokens: np.ndarray, retention: float) -> np.ndarray:
    """VidCom2 (arXiv 2505.14454) as released: fewest like their video and frame, more of them in distinctive frames."""
    frames, per_frame, channels = tokens.shape
    flat = tokens.reshape(-1, channels).astype(np.float64)
    quiet = np.sort(np.argsort(flat.var(axis=0), kind="stable")[: channels // 2])
    y = flat[:, quiet]
    y = y / np.maximum(np.linalg.norm(y, axis=1, keepdims=True), 1e-12)
    y = y.reshape(frames, per_frame, -1)
    video = _similarity(y, y.mean(axis=(0, 1)))
    frame = _similarity(y, y.mean(axis=1, keepdims=True))
    q = -video.mean(axis=1)
    e = np.exp((q - q.max()) / 0.01)
    sigma = e / (e.sum() + 1e-8)
    share = np.minimum(1, retention * (1 + sigma - sigma.mean()))
    kept = []
    for t in range(frames):
        count = max(1, round(share[t] * per_frame))  # half to even
        kept.append(t * per_frame + np.sort(np.argsort((video + frame)[t], kind="stable")[:count]))
    return np.concatenate(kept)


def _similarity(y: np.ndarray, centre: np.ndarray) -> np.ndarray:
    distance = ((y - centre) ** 2).sum(axis=-1)
    return sum(np.exp(-distance / (2 * 2.0**k)) for k in range(-3, 2))
