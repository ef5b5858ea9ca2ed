"""VidCom2's selection (arXiv 2505.14454) in PyTorch."""

import torch


def kept(tokens: torch.Tensor, retention: float) -> torch.Tensor:
    """Ascending flat indices of the tokens [frames, tokens, channels] that stay."""
    frames, each, channels = tokens.shape
    quiet = tokens.flatten(0, 1).var(0, correction=0).argsort(stable=True)[: channels // 2].sort().values
    x = torch.nn.functional.normalize(tokens[..., quiet], dim=-1)
    video = similarity(x, x.flatten(0, 1).mean(0))
    own = similarity(x, x.mean(1, keepdim=True))
    unlike = -video.mean(1)
    sigma = torch.exp((unlike - unlike.max()) / 0.01)
    sigma = sigma / (sigma.sum() + 1e-8)
    counts = (retention * (1 + sigma - sigma.mean())).clamp(max=1) * each
    chosen = []
    for frame in range(frames):
        count = max(1, round(counts[frame].item()))
        best = (-(video[frame] + own[frame])).topk(count).indices
        chosen.append(frame * each + best.sort().values)
    return torch.cat(chosen)


def similarity(x: torch.Tensor, centre: torch.Tensor) -> torch.Tensor:
    """A sum of Gaussian kernels of five widths."""
    squared = (x - centre).square().sum(-1)
    return sum(torch.exp(-squared / (2 * 2.0**power)) for power in range(-3, 2))
