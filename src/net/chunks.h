#pragma once

#include <cstddef>

namespace sillar::net {

// What is left of a chunked body that has not ended is never shorter than its last chunk,
// "0\r\n\r\n". Beast 1.81 asserts that it is given that much, so it is given no less.
inline constexpr std::size_t kChunkedRestBytesMin = 5;

}  // namespace sillar::net
