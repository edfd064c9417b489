#pragma once

// Figures in the text that Prometheus reads, or in OpenMetrics, which differs in few words.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "base/money.h"
#include "base/time.h"

namespace sillar::server {

enum class FigureKind : std::uint8_t { kCounter, kGauge, kHistogram, kInfo };
enum class Dialect : std::uint8_t { kPrometheus, kOpenMetrics };

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

class Exposition {
 public:
  explicit Exposition(Dialect dialect) : dialect_(dialect) {}

  // Begins a family: what follows is of it, until the next one. `name` has its unit at its end and
  // no "_total" or "_info". `help` is one line.
  void family(std::string_view name, FigureKind kind, std::string_view help);
  // One figure of the family, a counter's or a gauge's.
  void number(Labels labels, std::int64_t value);
  void number(Labels labels, std::uint64_t value);
  // Exactly, in seconds or units of money.
  void seconds(Labels labels, Duration value);
  void money(Labels labels, Int128 nanos);
  // Of a histogram, in order: the number of what was at most `bound`, a number or "+Inf"; then sum
  // and count.
  void bucket(Labels labels, std::string_view bound, std::uint64_t cumulated);
  void sum(Labels labels, std::string_view value, std::uint64_t count);
  // What a family of the kind kInfo says.
  void info(Labels labels) { number(labels, std::int64_t{1}); }

  [[nodiscard]] std::string take();
  [[nodiscard]] std::string_view type() const;

 private:
  void line(std::string_view suffix, Labels labels, Label more, std::string_view value);

  Dialect dialect_;
  FigureKind kind_ = FigureKind::kGauge;
  std::string name_;
  std::string out_;
};

// "12.5", without a binary fraction's noise.
[[nodiscard]] std::string seconds_text(std::int64_t ns);
// Whether the client asked for OpenMetrics before any other.
[[nodiscard]] Dialect dialect_asked(const std::string* accept);

}  // namespace sillar::server
