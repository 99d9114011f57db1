"""Makes synthetic classification tasks, each with a base model of its own, for the pretrained expert.

    python3 bench/pretrained/make_tasks.py FOLDER FIRST LAST      (numpy 2, scikit-learn 1.7, lightgbm 4)

Task k is a function of k alone. FOLDER/k.f32 holds float32 numbers: rows n, width d, classes C, unlabelled rows u, then inputs (n x d), the base model's
class probabilities (n x C) and the true classes (n). The first u rows are predictions without a ground truth, the others are judged.
No real data has a part in it, so that every real data set stays a test.
"""
import os
import sys
import warnings
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import lightgbm
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor

warnings.filterwarnings('ignore')
JUDGED = 2000
UNLABELLED = [200, 400, 800, 1500, 2500, 4000]
FEWEST_OUTCOMES = 8
TEXT_COLUMNS = 128


def log_uniform(random, low, high):
    return int(np.exp(random.uniform(np.log(low), np.log(high))))


def standardized(values):
    return (values - values.mean(0)) / (values.std(0) + 1e-9)


def latent(random, rows, width):
    """Columns that depend on each other, standardized."""
    kind = random.choice(['gauss', 'mixture', 'manifold', 'uniform'], p=[.3, .3, .3, .1])
    if kind == 'gauss':
        spread = random.rand(width) ** random.choice([0, 1, 3])
        return standardized(random.randn(rows, width) @ (random.randn(width, width) * spread[:, None]))
    if kind == 'mixture':
        groups = random.randint(2, 15)
        own = random.randint(0, groups, rows)
        centres = random.randn(groups, width) * random.uniform(.5, 3)
        return standardized(centres[own] + random.randn(rows, width) * random.uniform(.3, 1, (groups, width))[own])
    if kind == 'manifold':
        inner = random.randint(2, max(3, width // 2 + 1))
        hidden = np.tanh(random.randn(rows, inner) @ random.randn(inner, 2 * inner) + random.randn(2 * inner))
        return standardized(hidden @ random.randn(2 * inner, width) + random.randn(rows, width) * random.choice([.05, .3, 1]))
    return standardized(random.rand(rows, width))


def observed(random, values):
    """What is measured of the latent columns: some with long tails, counts, indicators."""
    columns = values.copy()
    for column in columns.T:
        kind = random.choice(['same', 'exp', 'indicator', 'whole', 'positive'], p=[.6, .12, .1, .13, .05])
        if kind == 'exp':
            column[:] = np.exp(column * random.uniform(.5, 1.5))
        elif kind == 'indicator':
            column[:] = column > random.randn()
        elif kind == 'whole':
            column[:] = np.round(column * random.choice([1, 2, 4]))
        elif kind == 'positive':
            column[:] = np.maximum(column, 0)
    return columns


def forest_scores(random, seen, classes):
    scores = np.zeros((len(seen), classes))
    for _ in range(random.choice([1, 5, 20])):
        some = random.randint(0, len(seen), 400)
        tree = DecisionTreeRegressor(max_leaf_nodes=int(random.choice([8, 20, 60])), random_state=random.randint(10**6), max_features=.5)
        scores += tree.fit(seen[some], random.randn(400, classes)).predict(seen).reshape(len(seen), classes)
    return scores


def net_scores(random, seen, classes):
    width, hidden = seen.shape[1], random.choice([8, 20, 50])
    values = np.tanh(seen @ random.randn(width, hidden) * random.uniform(.7, 3) / np.sqrt(width) + random.randn(hidden) * .7)
    if random.rand() < .4:
        values = np.sin(2 * (values @ random.randn(hidden, hidden)) / np.sqrt(hidden))
    return values @ random.randn(hidden, classes)


def centre_scores(random, seen, classes):
    each = random.randint(1, 4)
    centres = seen[random.randint(0, len(seen), classes * each)]
    distances = (seen**2).sum(1)[:, None] - 2 * seen @ centres.T + (centres**2).sum(1)
    return -1.5 * distances.reshape(len(seen), classes, each).min(2)


def sliced_classes(random, seen, classes):
    """A quantity in ranges."""
    width, hidden = seen.shape[1], random.choice([6, 15, 40])
    quantity = np.tanh(seen @ random.randn(width, hidden) / np.sqrt(width) * random.uniform(.7, 2.5) + random.randn(hidden)) @ random.randn(hidden)
    quantity = quantity / quantity.std() + random.randn(len(seen)) * random.choice([0, .1, .3, .6])
    borders = random.dirichlet(np.ones(classes) * random.choice([.7, 3])).cumsum()[:-1]
    return np.searchsorted(np.quantile(quantity, borders), quantity)


def true_classes(random, values, columns, classes):
    width = values.shape[1]
    used = random.permutation(width)[:max(2, int(width * random.choice([.1, .3, .6, 1])))]
    seen = values[:, used] if random.rand() < .6 else standardized(columns)[:, used]
    kind = random.choice(['net', 'forest', 'linear', 'sliced', 'centres'], p=[.3, .2, .1, .2, .2])
    if kind == 'sliced':
        return with_noise(random, sliced_classes(random, seen, classes), classes)
    if kind == 'net':
        scores = net_scores(random, seen, classes)
    elif kind == 'forest':
        scores = forest_scores(random, seen, classes)
    elif kind == 'linear':
        scores = seen @ random.randn(len(used), classes)
    else:
        scores = centre_scores(random, seen, classes)
    return drawn(random, scores, classes)


def drawn(random, scores, classes):
    scores = scores / (scores.std() + 1e-9) + random.randn(classes) * random.choice([0, .3, 1, 2.5])
    scores += random.choice([0, 0, .1, .3, .6]) * random.gumbel(size=scores.shape)
    return with_noise(random, scores.argmax(1), classes)


def with_noise(random, labels, classes):
    wrong = random.rand(len(labels)) < random.choice([0, 0, 0, .03, .1])
    return np.where(wrong, random.randint(0, classes, len(labels)), labels)


def table(random, rows, classes):
    values = latent(random, rows, log_uniform(random, 4, 80))
    columns = observed(random, values)
    return columns, columns, true_classes(random, values, columns, classes)


def categories(random, rows, classes):
    """Nominal columns as indicators, some numbers beside them, and a truth by rules on few of them."""
    count = random.randint(4, 20)
    levels = random.randint(2, 8, count)
    hidden = latent(random, rows, count)
    parts = []
    for column, most in zip(hidden.T, levels):
        borders = np.quantile(column, np.sort(random.rand(most - 1)))
        parts.append(np.eye(most)[np.searchsorted(borders, column)])
    named = np.hstack(parts)
    numbers = observed(random, latent(random, rows, random.randint(1, 8))) if random.rand() < .5 else np.zeros((rows, 0))
    columns = np.hstack([named, numbers])
    some = standardized(np.hstack([hidden, numbers]) if random.rand() < .3 else columns)
    used = random.permutation(some.shape[1])[:max(3, int(some.shape[1] * random.choice([.3, 1])))]
    score = forest_scores if random.rand() < .7 else net_scores
    return columns, columns, drawn(random, score(random, some[:, used], classes), classes)


def texts(random, rows, classes):
    """Counts of words by topic; what is stored are the counts of hashed words."""
    words = log_uniform(random, 500, 4000)
    common = random.permutation(1 / np.arange(1, words + 1) ** random.uniform(.7, 1.2))
    topics = random.randint(1, 4)
    shares = common * random.gamma(random.choice([.05, .2, .6]), size=(classes * topics, words))
    shares = .5 * shares / shares.sum(1, keepdims=True) + .5 * common / common.sum()
    labels = random.randint(0, classes, rows)
    own = labels * topics + random.randint(0, topics, rows)
    lengths = random.poisson(log_uniform(random, 5, 80), rows) + 2
    counts = np.zeros((rows, words), dtype=np.float32)
    for topic in range(classes * topics):
        (members,) = np.nonzero(own == topic)
        if len(members) > 0:
            drawn_words = random.choice(words, size=lengths[members].sum(), p=shares[topic])
            np.add.at(counts, (np.repeat(members, lengths[members]), drawn_words), 1)
    hashed = np.zeros((words, TEXT_COLUMNS), dtype=np.float32)
    hashed[np.arange(words), random.randint(0, TEXT_COLUMNS, words)] = random.choice([-1, 1], words)
    stored = counts @ hashed
    stored /= np.sqrt((stored**2).sum(1, keepdims=True)) + 1e-9
    return counts, stored, with_noise(random, labels, classes)


def base_of(random, is_text):
    seed = int(random.randint(10**6))
    if is_text:
        return [LogisticRegression(C=float(random.choice([.1, 1, 10])), max_iter=200), MultinomialNB(), BernoulliNB()][random.randint(3)]
    kind = random.choice(['linear', 'forest', 'boosted', 'net', 'deep', 'bayes', 'neighbours', 'support', 'extra'], p=[.18, .2, .2, .14, .12, .04, .04, .04, .04])
    scaled = lambda model: make_pipeline(StandardScaler(), model)
    if kind == 'linear':
        return scaled(LogisticRegression(C=float(random.choice([.1, 1, 10])), max_iter=300))
    if kind == 'forest':
        return RandomForestClassifier(int(random.choice([20, 50, 100])), min_samples_leaf=int(random.choice([1, 1, 3])), random_state=seed)
    if kind == 'extra':
        return ExtraTreesClassifier(50, random_state=seed)
    if kind == 'boosted':
        return lightgbm.LGBMClassifier(n_estimators=int(random.choice([40, 100, 200])), num_leaves=int(random.choice([7, 15, 31])), min_child_samples=int(random.choice([5, 20])), random_state=seed, verbose=-1, n_jobs=1)
    if kind == 'net':
        return scaled(MLPClassifier((int(random.choice([32, 64])),), max_iter=int(random.choice([30, 100, 200])), alpha=float(random.choice([1e-4, 1e-2, 1])), random_state=seed))
    if kind == 'deep':
        return scaled(MLPClassifier((64, 32), max_iter=int(random.choice([50, 150])), early_stopping=bool(random.rand() < .3), random_state=seed))
    if kind == 'bayes':
        return GaussianNB()
    return scaled(KNeighborsClassifier(int(random.choice([5, 15]))) if kind == 'neighbours' else SVC(probability=True, random_state=seed))


def stops_early(base):
    """Whether it holds rows of each class back."""
    return hasattr(base, 'steps') and getattr(base[-1], 'early_stopping', False)


def make_task(folder, number):
    """Writes a task, unless its base model is hopeless or has hardly an error; says what it is."""
    random = np.random.RandomState(number)
    source = [table, categories, texts][random.choice(3, p=[.72, .18, .1])]
    classes = int(random.choice([2, 3, 4, 6, 10, 16, 26], p=[.5, .12, .1, .1, .08, .05, .05]))
    unlabelled = int(random.choice(UNLABELLED))
    taught = max(log_uniform(random, 150, 6000), 12 * classes)
    inputs, stored, truths = source(random, taught + unlabelled + JUDGED, classes)
    known, labels = np.unique(truths[:taught], return_inverse=True)
    if len(known) < 2:
        return None
    position = np.full(classes, -1)
    position[known] = np.arange(len(known))
    base = base_of(random, source is texts)
    if stops_early(base) and np.bincount(labels).min() < 2:
        return None
    base.fit(inputs[:taught].astype(np.float32), labels)
    probabilities = base.predict_proba(inputs[taught:].astype(np.float32))
    truths = position[truths[taught:]]
    failed = probabilities.argmax(1) != truths
    rate = failed.mean()
    if min(failed[unlabelled:].sum(), (~failed[unlabelled:]).sum()) < FEWEST_OUTCOMES or rate > .6 or (rate > .35 and random.rand() < .7):
        return None
    stored = stored[taught:]
    numbers = [[*stored.shape, len(known), unlabelled], stored.ravel(), probabilities.ravel(), truths]
    np.concatenate(numbers).astype(np.float32).tofile(Path(folder) / f'{number}.f32')
    return f'{number} {source.__name__} {type(base[-1] if hasattr(base, "steps") else base).__name__} width {stored.shape[1]} classes {len(known)} taught {taught} unlabelled {unlabelled} error {rate:.3f}'


if __name__ == '__main__':
    folder, first, last = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(folder, exist_ok=True)
    with ProcessPoolExecutor(max(1, (os.cpu_count() or 2))) as pool:
        for said in pool.map(make_task, [folder] * (last - first), range(first, last), chunksize=4):
            if said is not None:
                print(said, flush=True)
