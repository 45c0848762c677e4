"""The network arranged for export computes what the trained one does, and its rounded weights are worth their name."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from flagger.training.encoder.arranged import ArrangedNetwork, RowScaledLinear, arranged  # noqa: E402
from flagger.training.encoder.rounding import LEVELS, round_weights, rounded  # noqa: E402

FAMILIES = {
    "bert": (transformers.BertConfig, transformers.BertModel),
    "roberta": (transformers.RobertaConfig, transformers.RobertaModel),
    "xlm-roberta": (transformers.XLMRobertaConfig, transformers.XLMRobertaModel),
}


class Network(torch.nn.Module):
    """A scoring network over a body of random weights."""

    def __init__(self, family: str) -> None:
        super().__init__()
        torch.manual_seed(0)
        config, body = FAMILIES[family]
        self.body = body(
            config(
                vocab_size=90,
                hidden_size=32,
                num_hidden_layers=3,
                num_attention_heads=4,
                intermediate_size=64,
                max_position_embeddings=40,
                initializer_range=0.3,
            ),
            add_pooling_layer=False,
        )
        self.head = torch.nn.Linear(32, 5)
        self.eval()

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(input_ids=input_ids).last_hidden_state.mean(dim=1))


@pytest.fixture
def ids() -> torch.Tensor:
    return torch.randint(3, 90, (2, 17), generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("family", FAMILIES)
def test_arranging_changes_nothing(family: str, ids: torch.Tensor) -> None:
    network = Network(family)
    with torch.no_grad():
        before, after = network(ids), arranged(network)(ids)
    assert isinstance(arranged(network), ArrangedNetwork)
    assert before.abs().max() > 0.1
    assert torch.allclose(before, after, atol=1e-5)


def test_other_bodies_are_left_alone() -> None:
    for config in (
        SimpleNamespace(model_type="deberta-v2"),
        SimpleNamespace(model_type="bert", hidden_act="gelu", position_embedding_type="relative_key"),
        SimpleNamespace(model_type="bert", hidden_act="tanh"),
    ):
        network = SimpleNamespace(body=SimpleNamespace(config=config))
        assert arranged(network) is network


@pytest.mark.parametrize("activated", [True, False])
def test_rows_of_very_different_size_keep_their_digits(activated: bool) -> None:
    generator = torch.Generator().manual_seed(4)
    linear = torch.nn.Linear(64, 8)
    states = torch.randn(30, 64, generator=generator)
    if activated:
        states = torch.nn.functional.gelu(states)
    states[0] *= 300.0
    states[1] = 0.0
    scaled, seen = RowScaledLinear(linear, activated=activated), []
    scaled.linear.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    with torch.no_grad():
        assert torch.allclose(scaled(states), linear(states), rtol=1e-4, atol=1e-4)
    assert float(seen[0].abs().max()) <= 1.0
    assert float(seen[0][2:].abs().amax(dim=1).min()) == pytest.approx(1.0)


def test_rounded_weights_keep_every_row_on_its_grid() -> None:
    generator = torch.Generator().manual_seed(2)
    weight, inputs = torch.randn(20, 300, generator=generator), torch.randn(500, 300, generator=generator)
    found = rounded(weight, inputs.T @ inputs)
    step = weight.abs().amax(dim=1, keepdim=True) / LEVELS
    levels = found / step
    assert torch.allclose(levels, levels.round(), atol=1e-3)
    assert torch.allclose(found.abs().amax(dim=1), weight.abs().amax(dim=1), rtol=1e-5)


def test_rounding_by_inputs_errs_less_than_rounding_to_the_nearest() -> None:
    generator = torch.Generator().manual_seed(3)
    mixing = torch.randn(40, 200, generator=generator)
    inputs = torch.randn(800, 40, generator=generator) @ mixing
    weight = torch.randn(30, 200, generator=generator)
    step = weight.abs().amax(dim=1, keepdim=True) / LEVELS
    nearest = (weight / step).round() * step
    errors = [((inputs @ (weight - other).T) ** 2).mean() for other in (rounded(weight, inputs.T @ inputs), nearest)]
    assert errors[0] < 0.5 * errors[1]


def test_a_network_is_rounded_in_place(ids: torch.Tensor) -> None:
    network = arranged(Network("bert"))
    with torch.no_grad():
        before = network(ids)
        round_weights(network.body, network, ids.tolist())
        after = network(ids)
    assert not torch.equal(before, after)
    assert torch.allclose(before, after, atol=0.2 * float(before.abs().max()))
    joined = network.body[0].joined.weight
    levels = joined / (joined.abs().amax(dim=1, keepdim=True) / LEVELS)
    assert torch.allclose(levels, levels.round(), atol=1e-3)
