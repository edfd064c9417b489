#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    // Rules.
    {"'{}' belongs to rules of kind {}, this one is of kind {}",
     "'{0}' es propio de las reglas de tipo {1}, esta es de tipo {2}"},
    {"a rule of kind queue-time says how long: 'over' is missing",
     "una regla de tipo queue-time dice cuánto: falta 'over'"},
    {"a rule of kind {} is about the fleet and has no 'project'",
     "una regla de tipo {0} trata de la flota y no tiene 'project'"},
    {"the channel '{}' is named twice", "el canal '{0}' se nombra dos veces"},
    {"a rule has at most {} channels", "una regla tiene como máximo {0} canales"},
    {"a second rule named '{}'", "una segunda regla llamada '{0}'"},
    {"there are at most {} alert rules", "hay como máximo {0} reglas de alerta"},
});

}  // namespace

std::span<const Translation> alert_translations() {
  return kSentences;
}

}  // namespace sillar::cli
