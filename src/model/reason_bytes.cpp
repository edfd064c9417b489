#include "model/reason_bytes.h"

namespace sillar {
namespace {

constexpr std::size_t kWordBytesMax = 1 << 16;

}  // namespace

void put_reason(std::string& out, const Reason& reason) {
  put_number(out, static_cast<std::int64_t>(reason.code));
  put_count(out, reason.parameters.size());
  for (const auto& [name, value] : reason.parameters) {
    const auto* number = std::get_if<std::int64_t>(&value);
    put_text(out, name);
    put_number(out, number == nullptr ? 0 : 1);
    if (number != nullptr)
      put_number(out, *number);
    else
      put_text(out, std::get<std::string>(value));
  }
}

Reason read_reason(ByteReader& in) {
  Reason reason;
  reason.code =
      static_cast<ReasonCode>(in.number(0, static_cast<std::int64_t>(ReasonCode::kCount) - 1));
  reason.parameters.resize(in.count());
  for (auto& [name, value] : reason.parameters) {
    name = in.text(kWordBytesMax);
    if (in.flag())
      value = in.number();
    else
      value = std::string(in.text(kWordBytesMax));
  }
  return reason;
}

}  // namespace sillar
