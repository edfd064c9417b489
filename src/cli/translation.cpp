#include "cli/translation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace sillar::cli {
namespace {

// Bounds on the work for one line, whatever a file holds: a longer one is cut when it is shown, and
// what is looked at for the start of a sentence are its first colons.
constexpr std::size_t kLineBytesMax = 16 << 10;
constexpr std::size_t kStartsMax = 64;
// A sentence may quote a text of several lines.
constexpr std::size_t kLinesMax = 8;
// Sentences within sentences: "an impossible workload: ...".
constexpr int kDepthMax = 4;

constexpr std::string_view kColon = ": ";

// The name in braces with which `text` begins; nothing when that is another use of a brace.
std::optional<std::string_view> gap_at(std::string_view text) {
  if (!text.starts_with('{')) return std::nullopt;
  const std::size_t close = text.find('}');
  if (close == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(1, close - 1);
  const bool plain = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '!';
  });
  return plain ? std::optional(name) : std::nullopt;
}

// The text before the first gap of `pattern`.
std::string_view literal_of(std::string_view pattern) {
  std::size_t end = 0;
  while (end < pattern.size() && !gap_at(pattern.substr(end))) ++end;
  return pattern.substr(0, end);
}

struct Gap {
  std::string_view name;
  std::string_view filled;
};

struct Match {
  const Translation* pair = nullptr;
  std::vector<Gap> gaps;     // In the order of the English sentence.
  std::size_t literals = 0;  // Bytes of it that are not gaps: the more, the surer.
};

// Each literal is taken where it first comes and the last at the end, which finds a match if there
// is one. Between quotes there may be nothing, elsewhere a gap has something.
std::optional<Match> match(const Translation& pair, std::string_view text) {
  Match found{&pair, {}, 0};
  std::string_view pattern = pair.english;
  std::string_view literal = literal_of(pattern);
  if (!text.starts_with(literal)) return std::nullopt;
  for (;;) {
    found.literals += literal.size();
    text.remove_prefix(literal.size());
    pattern.remove_prefix(literal.size());
    if (pattern.empty()) return text.empty() ? std::optional(std::move(found)) : std::nullopt;
    const std::string_view name = *gap_at(pattern);
    pattern.remove_prefix(name.size() + 2);
    const bool quoted = literal.ends_with('\'');
    literal = literal_of(pattern);
    const std::size_t least = quoted ? 0 : 1;
    if (text.size() < least + literal.size()) return std::nullopt;
    const std::size_t end = pattern.size() > literal.size() ? text.find(literal, least)
                            : text.ends_with(literal)       ? text.size() - literal.size()
                                                            : std::string_view::npos;
    if (end == std::string_view::npos) return std::nullopt;
    found.gaps.push_back({name, text.substr(0, end)});
    text.remove_prefix(end);
  }
}

std::optional<Match> best_of(std::span<const Translation> table, std::string_view text) {
  std::optional<Match> best;
  for (const Translation& pair : table) {
    std::optional<Match> found = match(pair, text);
    if (found && (!best || found->literals > best->literals)) best = std::move(found);
  }
  return best;
}

// The sentences in which the model gives its reasons, which hold both languages themselves.
std::span<const Translation> reason_translations() {
  static const auto kReasons = [] {
    std::array<Translation, static_cast<std::size_t>(ReasonCode::kCount)> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto code = static_cast<ReasonCode>(i);
      all[i] = {reason_template(code, Language::kEnglish),
                reason_template(code, Language::kSpanish)};
    }
    return all;
  }();
  return kReasons;
}

std::optional<Match> best_sentence(std::string_view text) {
  std::optional<Match> best;
  for (const auto table : {document_translations(), model_translations(), world_translations(),
                           simulation_translations(), import_translations(), access_translations(),
                           alert_translations(), demo_translations(), net_translations(),
                           change_translations(), reason_translations()}) {
    std::optional<Match> found = best_of(table, text);
    if (found && (!best || found->literals > best->literals)) best = std::move(found);
  }
  return best;
}

std::string tell(const Match& found, int depth);

struct Told {
  std::string text;
  std::size_t literals = 0;
};

// A sentence with what follows it.
std::optional<Told> tell_sentence(std::string_view text, int depth) {
  std::optional<Told> best;
  if (const auto whole = best_sentence(text)) best = {tell(*whole, depth), whole->literals};
  for (const Translation& pair : tail_translations()) {
    const std::size_t begin = text.rfind(literal_of(pair.english));
    if (begin == std::string_view::npos || begin == 0) continue;
    const std::optional<Match> tail = match(pair, text.substr(begin));
    if (!tail) continue;
    const std::optional<Match> body = best_sentence(text.substr(0, begin));
    if (!body || (best && best->literals >= body->literals + tail->literals)) continue;
    best = {tell(*body, depth) + tell(*tail, depth), body->literals + tail->literals};
  }
  return best;
}

std::string tell_part(std::string_view text, int depth) {
  if (depth >= kDepthMax) return std::string(text);
  if (const auto part = best_of(part_translations(), text)) return tell(*part, depth + 1);
  if (auto sentence = tell_sentence(text, depth + 1)) return std::move(sentence->text);
  return std::string(text);
}

// The Spanish sentence with the gaps of the English one.
std::string tell(const Match& found, int depth) {
  std::string out;
  std::string_view rest = found.pair->spanish;
  for (;;) {
    const std::string_view literal = literal_of(rest);
    out += literal;
    rest.remove_prefix(literal.size());
    if (rest.empty()) return out;
    std::string_view name = *gap_at(rest);
    rest.remove_prefix(name.size() + 2);
    const bool translated = name.ends_with('!');
    if (translated) name.remove_suffix(1);
    for (std::size_t i = 0; i < found.gaps.size(); ++i) {
      const Gap& gap = found.gaps[i];
      if (gap.name.empty() ? std::to_string(i) != name : gap.name != name) continue;
      out += translated ? tell_part(gap.filled, depth) : gap.filled;
    }
  }
}

// File, line and path stay; of what stands between their colons, some is ours.
std::string tell_prefix(std::string_view prefix) {
  std::string out;
  while (!prefix.empty()) {
    const std::size_t end = std::min(prefix.find(kColon), prefix.size());
    const auto context = best_of(context_translations(), prefix.substr(0, end));
    out += context ? tell(*context, 0) : prefix.substr(0, end);
    prefix.remove_prefix(end);
    if (prefix.empty()) break;
    out += kColon;
    prefix.remove_prefix(kColon.size());
  }
  return out;
}

// Where in a line its sentence begins cannot be seen from the line, since names may hold colons; it
// is where the surest match is, and the last of equals, as a gap would take a path for its own.
std::optional<std::string> tell_line(std::string_view line) {
  if (line.size() > kLineBytesMax) return std::nullopt;
  std::optional<Told> best;
  std::size_t best_start = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i < kStartsMax; ++i) {
    std::optional<Told> told = tell_sentence(line.substr(start), 0);
    if (told && (!best || told->literals >= best->literals)) {
      best = std::move(told);
      best_start = start;
    }
    const std::size_t colon = line.find(kColon, start);
    if (colon == std::string_view::npos) break;
    start = colon + kColon.size();
  }
  if (!best) return std::nullopt;
  return tell_prefix(line.substr(0, best_start)) + best->text;
}

std::size_t line_end(std::string_view text, std::size_t from) {
  return from > text.size() ? text.size() : std::min(text.find('\n', from), text.size());
}

}  // namespace

std::string translate(std::string_view message, Language language) {
  if (language == Language::kEnglish) return std::string(message);
  std::string out;
  while (!message.empty()) {
    std::size_t end = line_end(message, 0);
    std::optional<std::string> told = tell_line(message.substr(0, end));
    for (std::size_t more = 1, next = end; !told && more < kLinesMax && next < message.size();
         ++more) {
      next = line_end(message, next + 1);
      told = tell_line(message.substr(0, next));
      if (told) end = next;
    }
    out += told ? *told : message.substr(0, end);
    message.remove_prefix(end);
    if (message.empty()) break;
    out += '\n';
    message.remove_prefix(1);
  }
  return out;
}

}  // namespace sillar::cli
