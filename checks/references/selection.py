"""VidCom2's selection as its authors released it (arXiv 2505.14454, github.com/xuyang-liu16/VidCom2), in float64."""

import numpy as np


def vidcom2(tokens, retention):
    """Ascending flat indices of the tokens [frames, tokens, channels] that are kept, and how near the nearest choice is to a tie."""
    frames, each, channels = tokens.shape
    tokens = tokens.astype(np.float64)
    variance = tokens.reshape(-1, channels).var(0)
    order = np.argsort(variance, kind="stable")
    half = channels // 2
    margins = [(variance[order[half]] - variance[order[half - 1]]) / variance[order[half]]]
    x = tokens[..., np.sort(order[:half])]
    x = x / np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-12)
    video = _similarity(x, x.reshape(-1, half).mean(0))
    own = _similarity(x, x.mean(1, keepdims=True))
    unlike = -video.mean(1)
    sigma = np.exp((unlike - unlike.max()) / 0.01)
    sigma /= sigma.sum() + 1e-8
    shares = np.minimum(1, retention * (1 + sigma - sigma.mean()))
    kept = []
    for frame in range(frames):
        wanted = shares[frame] * each
        margins.append(abs(wanted % 1 - 0.5))
        count = max(1, round(wanted))
        score = -(video[frame] + own[frame])
        ranked = np.argsort(-score, kind="stable")
        if count < each:
            margins.append(score[ranked[count - 1]] - score[ranked[count]])
        kept += sorted(frame * each + ranked[:count])
    return np.array(kept), float(min(margins))


def _similarity(x, centre):
    squared = ((x - centre) ** 2).sum(-1)
    return sum(np.exp(-squared / (2 * 2.0**k)) for k in range(-3, 2))
