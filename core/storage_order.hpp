#pragma once

namespace armada {

/// Which index of an array moves fastest: the last one (C), or the first one (Fortran).
enum class storage_order { row_major, column_major };

} // namespace armada
