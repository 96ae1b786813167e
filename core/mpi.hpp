#pragma once

/// The one place that includes MPI's header: the C interface alone, without the C++ bindings that MPI withdrew in 3.0.

#ifndef MPICH_SKIP_MPICXX
#define MPICH_SKIP_MPICXX 1
#endif
#ifndef OMPI_SKIP_MPICXX
#define OMPI_SKIP_MPICXX 1
#endif
#include <mpi.h>
