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
    assert "AnnData file, 500 cells at 10 time points, 4 genes" in err, err


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
print("all checks passed")
