// Faults of packing.

#include "tests/quirks/raw.hpp"

#include <complex>

namespace raw {

bool external_struct() {
  int const lengths[] = {1, 1};
  MPI_Aint const places[] = {0, 8};
  MPI_Datatype const parts[] = {MPI_DOUBLE, MPI_INT};
  MPI_Datatype type = MPI_DATATYPE_NULL;
  MPI_Type_create_struct(2, lengths, places, parts, &type);
  MPI_Type_commit(&type);
  struct {
    double value;
    int place;
  } const in{1.0, 2};
  unsigned char out[64] = {};
  MPI_Aint size = 0;
  MPI_Aint end = 0;
  MPI_Pack_external_size("external32", 1, type, &size);
  MPI_Pack_external("external32", &in, 1, type, out, sizeof(out), &end);
  MPI_Type_free(&type);
  return size == 12 && end == 12 && out[0] == 0x3f && out[1] == 0xf0 && out[11] == 2;
}

bool external_complex_long_double() {
  std::complex<long double> const in(1.0L, 0.0L);
  unsigned char out[64] = {};
  MPI_Aint end = 0;
  MPI_Pack_external("external32", &in, 1, MPI_CXX_LONG_DOUBLE_COMPLEX, out, sizeof(out), &end);
  return end == 32 && out[0] == 0x3f && out[1] == 0xff && out[2] == 0;
}

} // namespace raw
