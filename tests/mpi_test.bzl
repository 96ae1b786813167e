"""Tests that run under mpiexec: one program per file, one test per number of ranks and road."""

# What makes MPI believe in several hosts on one machine.
ROADS = {
    "near": [],  # all ranks on one host
    "far": ["MPIR_CVAR_NOLOCAL=1"],  # every rank on a host of its own
    "mixed": ["MPIR_CVAR_NUM_CLIQUES=2"],  # two hosts, with every second rank each
}

# Of the programs: a third to a half less to wait for than with -O2. What is precompiled needs the same.
# At -Og g++ 12 takes more for uninitialised than is: that warning is for the library, which is compiled with -O2.
TEST_COPTS = [
    "-Og",
    "-Wno-maybe-uninitialized",
]

# What is precompiled comes first in each program. Where g++ cannot use it, it says why and does without.
PRECOMPILED = [
    "-include",
    "tests/support/precompiled.hpp",
    "-Winvalid-pch",
    "-Wno-error=invalid-pch",
]

def mpi_test(
        name,
        srcs,
        deps = [],
        ranks = [1, 2, 3, 4],
        roads = ["near"],
        env = {},
        args = [],
        data = [],
        copts = [],
        linkopts = [],
        timeout = "moderate",
        tags = []):
    """Builds `name` with GoogleTest and makes the tests `name_ROAD_RANKS`.

    Args:
      name: the program.
      srcs: its sources.
      deps: its libraries.
      ranks: the numbers of ranks to run on. The road "far" needs 2, "mixed" 3.
      roads: keys of ROADS.
      env: environment variables; ARMADA_TEST_STDERR = "expected" allows output on stderr.
      args: arguments of the program.
      data: files that it reads.
      copts: compiler options.
      linkopts: linker options.
      timeout: "short", "moderate" or "long".
      tags: further tags.
    """
    native.cc_binary(
        name = name,
        testonly = 1,
        srcs = srcs,
        copts = TEST_COPTS + PRECOMPILED + copts,
        linkopts = linkopts,
        deps = deps + [
            "//tests/support:main",
            "//tests/support:precompiled",
        ],
    )
    for road in roads:
        for count in ranks:
            if count < {"near": 1, "far": 2, "mixed": 3}[road]:
                continue  # it would be as near
            _run("%s_%s_%d" % (name, road, count), name, count, road, env, args, data, tags, timeout)

def _run(name, program, count, road = "near", env = {}, args = [], data = [], tags = [], timeout = "moderate"):
    settings = ["%s=%s" % setting for setting in env.items()]
    native.sh_test(
        name = name,
        srcs = ["//tests/support:run"],
        args = [str(count)] + ROADS[road] + settings + ["$(rootpath :%s)" % program] + args,
        data = [":" + program] + data,
        tags = ["mpi"] + tags,
        timeout = timeout,
    )

def run_again(programs, suffix, env, ranks):
    """Runs programs of `mpi_test` once more, near, in another environment, as the tests `name_SUFFIX_RANKS`.

    Args:
      programs: their names.
      suffix: what the environment is called.
      env: environment variables.
      ranks: the numbers of ranks to run on.
    """
    for program in programs:
        for count in ranks:
            _run("%s_%s_%d" % (program, suffix, count), program, count, env = env)

def mpi_tests(deps, roads = ["near"], ranks = [1, 2, 3, 4], special = {}):
    """One mpi_test for every *_test.cc of the folder; its *.hpp are there for all of them.

    Args:
      deps: the libraries of all tests.
      roads: the roads of all tests.
      ranks: the numbers of ranks of all tests.
      special: what is different for some, as {"index_test": {"ranks": [1]}}.
    """
    native.filegroup(
        name = "sources",
        srcs = native.glob(["**"]),
        visibility = ["//tests:__pkg__"],
    )
    helpers = native.glob(["*.hpp"])
    for source in native.glob(["*_test.cc"]):
        name = source[:-len(".cc")]
        options = dict({"deps": deps, "roads": roads, "ranks": ranks}, **special.get(name, {}))
        mpi_test(name = name, srcs = [source] + helpers, **options)
