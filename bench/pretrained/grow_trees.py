"""Grows the pretrained trees on the columns that main.js computed of synthetic tasks, and writes them.

    python3 bench/pretrained/grow_trees.py FOLDER signals src/meta/pretrained/trees.json                (numpy 2, lightgbm 4)
    python3 bench/pretrained/grow_trees.py FOLDER stack src/meta/pretrained/stacked-trees.json

FOLDER/k.signals and k.stack hold float32 numbers: rows n, facts f, columns s of a row, then the facts, n failure logits before the correction, n failures
and the columns (n x s). The trees are boosted from those logits on; every task counts by its failures alike. One tree a line: columns and borders of the seven
splits of a complete tree (-1 and null where all rows go below), and its eight leaves.
"""
import json
import sys
from pathlib import Path

import lightgbm
import numpy as np

ROUNDS = 1000
LEVELS = 3
LEARNING_RATE = .1
# However few failures a task has, its rows weigh as if there were so many.
FEWEST_FAILURES = 10
MOST_ROWS = 2000
# Synthetic tasks are not real ones: of what the trees say so much is taken. Chosen on models of real tables, as the number of rounds.
TRUST = .7


def read(path, random):
    numbers = np.fromfile(path, dtype=np.float32)
    rows, facts, width = (int(number) for number in numbers[:3])
    own, logits, failures, columns = np.split(numbers[3:], [facts, facts + rows, facts + 2 * rows])
    some = random.permutation(rows)[:MOST_ROWS]
    columns = np.hstack([columns.reshape(rows, width), np.tile(own, (rows, 1))])[some]
    return columns, logits[some], failures[some], np.full(len(some), 1 / max(FEWEST_FAILURES, failures.sum()))


def complete(node, level=0):
    """Splits, level by level, and leaves of a tree as a complete one."""
    if level == LEVELS:
        return [], [node['leaf_value']]
    if 'leaf_value' in node:
        below, leaves = complete(node, level + 1)
        return [[(-1, None)]] + [2 * splits for splits in below], 2 * leaves
    left, left_leaves = complete(node['left_child'], level + 1)
    right, right_leaves = complete(node['right_child'], level + 1)
    own = (node['split_feature'], float(f'{node["threshold"]:.6g}'))
    return [[own]] + [a + b for a, b in zip(left, right)], left_leaves + right_leaves


def written(tree):
    levels, leaves = complete(tree['tree_structure'])
    splits = [split for level in levels for split in level]
    values = [float(f'{TRUST * value / LEARNING_RATE:.5g}') for value in leaves]
    return json.dumps([[column for column, _ in splits], [border for _, border in splits], values], separators=(',', ':'))


folder, stage, target = sys.argv[1:4]
random = np.random.RandomState(0)
paths = sorted(Path(folder).glob(f'*.{stage}'), key=lambda path: int(path.stem))
columns, logits, failures, weights = (np.concatenate(parts) for parts in zip(*(read(path, random) for path in paths)))
settings = {
    'objective': 'binary', 'learning_rate': LEARNING_RATE, 'num_leaves': 2**LEVELS, 'max_depth': LEVELS, 'min_data_in_leaf': 1000, 'lambda_l2': 100,
    'feature_fraction': .4, 'max_bin': 63, 'seed': 1, 'deterministic': True, 'force_row_wise': True, 'verbose': -1,
}
model = lightgbm.train(settings, lightgbm.Dataset(columns, failures, weight=weights * len(weights) / weights.sum(), init_score=logits), ROUNDS)
trees = [written(tree) for tree in model.dump_model()['tree_info']]
Path(target).write_text('[\n' + ',\n'.join(trees) + '\n]\n')
print(f'{len(paths)} tasks, {len(columns)} rows, {len(trees)} trees')
