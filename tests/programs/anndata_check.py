"""AnnData files of the programs against those of Python's anndata, both ways: anndata_check.py FOLDER_OF_PROGRAMS"""
import inspect
import os
import subprocess
import sys
import tempfile

import anndata
import h5py
import numpy as np
import pandas as pd
import scipy.sparse as sparse

programs = os.path.abspath(sys.argv[1])
os.chdir(tempfile.mkdtemp())


def run(program, *arguments):
    done = subprocess.run([os.path.join(programs, program), *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


# Ours, read by anndata: the panel of the same cells says what must be there.
for output in ("counts.tsv", "counts.h5ad"):
    run("cardamom_simulate", "--network", "fn4", "--timepoints", "0,6,12,24,36,48,60,72,84,96", "--cells", "50", "--output", output)
panel = np.loadtxt("counts.tsv", delimiter="\t")
ours = anndata.read_h5ad("counts.h5ad")
assert np.array_equal(ours.X, panel[2:, 1:].T)
assert np.array_equal(ours.obs["time"], panel[0, 1:])
assert np.array_equal(ours.obs["stimulus"], panel[1, 1:])
assert list(ours.var_names) == ["1", "2", "3", "4"]
assert ours.obs_names[0] == "cell_0" and ours.obs_names.is_unique
assert np.array_equal(ours.var["d0"], [0.2] * 4) and np.array_equal(ours.var["d1"], [0.04] * 4)
expected, _ = run("cardamom_infer", "--method", "paper", "counts.tsv")
assert run("cardamom_infer", "--method", "paper", "counts.h5ad")[0] == expected

# Theirs, read by us, in every encoding that anndata has: the same edges to the last bit.
X = panel[2:, 1:].T
times = panel[0, 1:]
names = ["Sox2", "Klf4", "Esrrb", "Nanog"]
cells = [f"c{i}" for i in range(len(times))]
expected = [line.split("\t") for line in expected.splitlines()]
named = dict(zip("01234", ["Stimulus", *names]))
expected = [expected[0]] + [[named[s], named[t], *rest] for s, t, *rest in expected[1:]]
expected = "".join("\t".join(line) + "\n" for line in expected)


def check(data, *options, compression=None):
    data.write_h5ad("theirs.h5ad", compression=compression)
    out, err = run("cardamom_infer", "--method", "paper", "theirs.h5ad", *options)
    assert out == expected, err
    assert "AnnData file, 500 cells at 10 time points from 0 to 96 h, 4 genes" in err, err


def assemble(x, obs, var):
    # Older versions convert X to float32 unless told its type, newer ones keep it.
    old = "dtype" in inspect.signature(anndata.AnnData).parameters
    return anndata.AnnData(x, obs, var, **({"dtype": x.dtype} if old else {}))


def make(x, time, **var):
    return assemble(x, pd.DataFrame({"time": time}, index=cells), pd.DataFrame(var, index=names))


for kind in ("float64", "float32", "int64", "int32", "uint16"):
    check(make(X.astype(kind), times))
    with h5py.File("theirs.h5ad") as file:
        assert file["X"].dtype == kind
    check(make(sparse.csr_matrix(X.astype(kind)), times))
    check(make(sparse.csc_matrix(X.astype(kind)), times))
check(make(sparse.csr_matrix(X), times), compression="gzip")
check(make(X, times), compression="gzip")
check(make(X, times.astype("int64")))
check(make(X, pd.Categorical([f"{int(t)}h" for t in times])))
check(make(X, pd.Categorical([str(int(t)) for t in times])))
check(make(X, pd.Categorical(times)))
check(make(X, [f"{int(t)} h" for t in times]))
check(make(X, times, d0=[0.2] * 4, d1=[0.04] * 4))
other_key = make(X, times)
other_key.obs = other_key.obs.rename(columns={"time": "hours"})
check(other_key, "--time-key", "hours")
layered = make(np.log1p(X), times)
layered.layers["counts"] = sparse.csr_matrix(X)
check(layered, "--layer", "counts")

# Genes chosen, in another order than the file's, among more.
more = assemble(np.hstack([X[:, ::-1], X[:, :1]]), pd.DataFrame({"time": times}, index=cells),
                       pd.DataFrame(index=[*names[::-1], "Other"]))
with open("genes.txt", "w") as file:
    file.writelines(f"{i}\t{name}\n" for i, name in enumerate(["Stimulus", *names]))
check(more, "--genes", "genes.txt")

# Predicted velocities, read by anndata: equal to the table, where scVelo and CellRank look for them.
run("cardamom_simulate", "--network", "fn4", "--timepoints", "0,12,48", "--cells", "20", "--output", "few.h5ad")
run("cardamom_infer", "--method", "paper", "few.h5ad", "--model", "model", "--output", "edges.tsv")
predict = ["cardamom_predict", "model", "--counts", "few.h5ad", "--types", "2", "--cells", "20"]
run(*predict, "--output", "shares.tsv", "--velocity", "velocity.tsv", "--assigned", "types.txt")
run(*predict, "--output", "shares.tsv", "--velocity", "velocity.h5ad")
cells = anndata.read_h5ad("velocity.h5ad")
few = anndata.read_h5ad("few.h5ad")
assert np.array_equal(cells.X, few.X) and np.array_equal(cells.obs["time"], few.obs["time"])
assert np.array_equal(cells.obs["stimulus"], few.obs["stimulus"])
assert list(cells.var_names) == list(few.var_names) and list(cells.var.columns) == ["d0", "d1"]
assert set(cells.layers) == {"Ms", "velocity", "protein", "protein_velocity"}
assert isinstance(cells.obs["type"].dtype, pd.CategoricalDtype) and not cells.obs["type"].cat.ordered
assert list(cells.obs["type"]) == open("types.txt").read().split()
table = pd.read_csv("velocity.tsv", sep="\t", float_precision="round_trip")
for layer, column in {"Ms": "mRNA", "velocity": "mRNA_velocity", "protein": "protein",
                      "protein_velocity": "protein_velocity"}.items():
    assert np.array_equal(cells.layers[layer], table[column].to_numpy().reshape(60, 4)), layer
# Principal components by another route, up to the sign; velocities are the same turn of d log(1 + m).
logs = np.log1p(few.X)
centred = logs - logs.mean(axis=0)
_, sizes, directions = np.linalg.svd(centred, full_matrices=False)
signs = np.sign((cells.obsm["X_pca"] * (centred @ directions.T)).sum(axis=0))
loadings = directions.T * signs
assert np.allclose(cells.obsm["X_pca"], centred @ loadings, atol=1e-9)
speed = cells.layers["velocity"] / (1 + cells.layers["Ms"])
assert np.allclose(cells.obsm["velocity_pca"], speed @ loadings, atol=1e-9)
# Written by anndata again, it is the same for us.
cells.write_h5ad("again.h5ad")
assert run(*predict[:3], "again.h5ad", "--types", "type", "--cells", "20")[0].splitlines()[:7] == \
    run(*predict[:3], "velocity.h5ad", "--types", "type", "--cells", "20")[0].splitlines()[:7]
print("all checks passed")
