"""Augmentation changes each image by itself, as drawn from the global generator, and only while training."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from graphs.layer import LAYERS
from tests.graphs.layers.words import spec

IMAGES = torch.arange(1, 1 + 200 * 2 * 5 * 4, dtype=torch.float32).reshape(200, 2, 5, 4)


def made(type_id, **params):
    return LAYERS[type_id](**params).build(spec("2x5x4"))


@pytest.mark.parametrize("type_id", ["RandomHorizontalFlip", "RandomCrop"])
def test_it_does_nothing_in_evaluation_and_follows_the_seed_in_training(type_id):
    module = made(type_id)

    torch.manual_seed(3)
    one = module.train()(IMAGES)
    two = module(IMAGES)
    torch.manual_seed(3)
    again = module(IMAGES)

    assert module.eval()(IMAGES) is IMAGES
    assert torch.equal(one, again)
    assert not torch.equal(one, two)


def test_a_share_of_the_images_is_mirrored_and_the_others_are_not():
    module = made("RandomHorizontalFlip", p=0.3).train()
    torch.manual_seed(0)

    found = module(IMAGES)

    mirrored = (found == IMAGES.flip(-1)).flatten(1).all(1)
    assert torch.equal(mirrored | (found == IMAGES).flatten(1).all(1), torch.ones(200).bool())
    assert mirrored.float().mean().item() == pytest.approx(0.3, abs=0.1)


def test_every_image_is_moved_by_itself_by_as_much_as_may_be():
    module = made("RandomCrop", padding=(1, 2)).train()
    torch.manual_seed(0)

    found = module(IMAGES)

    padded = functional.pad(IMAGES, (2, 2, 1, 1))
    moves = {
        (down, right): (found == padded[:, :, down : down + 5, right : right + 4]).flatten(1).all(1)
        for down in range(3)
        for right in range(5)
    }
    assert torch.equal(torch.stack(list(moves.values())).sum(0), torch.ones(200).long())
    assert all(each.any() for each in moves.values())


def test_they_say_what_they_are():
    assert str(made("RandomHorizontalFlip", p=0.25)) == "RandomHorizontalFlip(p=0.25)"
    assert str(made("RandomCrop", padding=(1, 2))) == "RandomCrop(padding=(1, 2))"
