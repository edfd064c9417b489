#include "cli/messages.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Entry>({
    {Message::kProgramSummary,
     "Schedules accelerators: who gets what now, why, and what it costs whom.",
     "Planifica aceleradores: quién recibe qué ahora, por qué, y cuánto le cuesta a quién."},
    {Message::kUnknownVerb, "'{verb}' is not a verb.", "'{verb}' no es un verbo."},
    {Message::kUnknownFlag, "There is no flag {flag} here.", "Aquí no existe la opción {flag}."},
    {Message::kDidYouMean, "Did you mean '{word}'?", "¿Quiso decir '{word}'?"},
    {Message::kSeeHelp, "'sillar --help' lists the verbs.", "'sillar --help' muestra los verbos."},
    {Message::kSeeVerbHelp, "'sillar {verb} --help' shows examples and flags.",
     "'sillar {verb} --help' muestra ejemplos y opciones."},
    {Message::kNotAChoice, "{what} cannot be '{value}'; it is one of: {choices}.",
     "{what} no puede ser '{value}'; es uno de: {choices}."},
    {Message::kNotANumber, "{flag} cannot be '{value}'; it is a whole number from {min} to {max}.",
     "{flag} no puede ser '{value}'; es un número entero de {min} a {max}."},
    {Message::kFlagNeedsValue, "{flag} needs a value.", "{flag} necesita un valor."},
    {Message::kFlagTwice, "{flag} is given more than once.", "{flag} aparece más de una vez."},
    {Message::kFlagMissing, "{flag} {value} is required.", "{flag} {value} es obligatorio."},
    {Message::kOperandMissing, "{operand} is missing.", "Falta {operand}."},
    {Message::kOperandTooMany, "'{operand}' is one argument too many.",
     "'{operand}' es un argumento de más."},
    {Message::kWriteFailed, "Standard output could not be written: {error}",
     "No se pudo escribir en la salida estándar: {error}"},
    {Message::kNoTasks, "There are no tasks.", "No hay tareas."},
    {Message::kNoVictims, "No task was evicted.", "No se desalojó ninguna tarea."},
    {Message::kTestsRun, "Scenarios: {run}. Failed: {failed}.",
     "Escenarios: {run}. Fallidos: {failed}."},
    {Message::kOneFleet, "State the fleet with one of --gpus N, --fleet FILE and --nodes FILE.",
     "Indique la flota con una de --gpus N, --fleet FILE y --nodes FILE."},
    {Message::kTraceNeedsProjects, "A trace of format sillar needs --projects FILE.",
     "Una traza de formato sillar necesita --projects FILE."},
    {Message::kNoJobs, "{file}: there are no jobs in this trace.",
     "{file}: no hay trabajos en esta traza."},
    {Message::kNoNodes, "{file}: there are no nodes in this fleet.",
     "{file}: no hay nodos en esta flota."},
    {Message::kProjectsOfTrace,
     "--projects goes with --format sillar; the other formats bring their own projects.",
     "--projects acompaña a --format sillar; los demás formatos traen sus propios proyectos."},
    {Message::kNotADuration, "{flag} cannot be '{value}'; it is a time such as 30s, 5m or 1h30m.",
     "{flag} no puede ser '{value}'; es un tiempo como 30s, 5m o 1h30m."},
    {Message::kDurationTooLong, "{flag} cannot be '{value}'; it is at most {most}.",
     "{flag} no puede ser '{value}'; es como máximo {most}."},
    {Message::kNeedsRepair, "{flag} needs {repair}: what fails comes back some time later.",
     "{flag} necesita {repair}: lo que falla vuelve algún tiempo después."},
    {Message::kTooManyFaults,
     "Too many faults: some {expected} are to be expected, and at most {max} are simulated. A "
     "longer time between faults (--node-mtbf, --device-mtbf) or a shorter trace has fewer.",
     "Demasiados fallos: cabe esperar unos {expected}, y se simulan como máximo {max}. Con más "
     "tiempo entre fallos (--node-mtbf, --device-mtbf) o una traza más corta hay menos."},
    {Message::kNotWholeNodes,
     "{flag} cannot be '{value}'; GPUs come in nodes of eight, so it is a multiple of 8.",
     "{flag} no puede ser '{value}'; las GPU van en nodos de ocho, así que es un múltiplo de 8."},
    {Message::kNotAFactor,
     "{flag} cannot be '{value}'; it is a number above zero, at most 1000000, with up to three "
     "decimals.",
     "{flag} no puede ser '{value}'; es un número mayor que cero, como máximo 1000000, con hasta "
     "tres decimales."},
    {Message::kNoPrices,
     "No costs, as prices are missing (--prices FILE names a catalogue): {missing}",
     "Sin costes, porque faltan precios (--prices FILE indica un catálogo): {missing}"},
    {Message::kSimulated, "{now}  jobs done: {finished} of {jobs}",
     "{now}  trabajos terminados: {finished} de {jobs}"},
    {Message::kReplaying, "replaying", "repitiendo"},
    {Message::kRecordingDiffers,
     "What is decided now differs from the recording. Facts that differ: {differences}.",
     "Lo que se decide ahora difiere de la grabación. Hechos que difieren: {differences}."},
    {Message::kSnapshotUnusable,
     "A snapshot cannot be used, so the recording is replayed from further back: {error}",
     "Una instantánea no se puede usar y la grabación se repite desde más atrás: {error}"},
    {Message::kOneState,
     "State what the question is about with one of --scenario FILE and --recording DIR.",
     "Indique sobre qué se pregunta con una de --scenario FILE y --recording DIR."},
    {Message::kAtOfRecording, "--at goes with --recording.", "--at acompaña a --recording."},
    {Message::kPricesOfScenario, "--prices goes with --scenario; a recording has its own prices.",
     "--prices acompaña a --scenario; una grabación tiene sus propios precios."},
    {Message::kNoCandidates, "No node could ever hold it.", "Ningún nodo podría alojarlo."},
    {Message::kNotSeeds, "--seeds cannot be '{value}'; it is a range such as 42..51.",
     "--seeds no puede ser '{value}'; es un rango como 42..51."},
    {Message::kVerifying, "verifying", "verificando"},
    {Message::kReadAs, "{file} is read as a form of {form}; --from states another.",
     "{file} se lee como un formato de {form}; --from indica otro."},
    {Message::kImportSummary,
     "Workloads: {workloads}. Fields mapped: {mapped}, approximated: {approximated}, ignored: "
     "{ignored}.",
     "Cargas de trabajo: {workloads}. Campos trasladados: {mapped}, aproximados: {approximated}, "
     "ignorados: {ignored}."},
});
static_assert(is_complete(kSentences, Message::kProgramSummary, Message::kFirstHelp));

const Entry& entry_of(Message message) {
  const auto at = static_cast<std::size_t>(message);
  constexpr auto kHelp = static_cast<std::size_t>(Message::kFirstHelp);
  constexpr auto kPage = static_cast<std::size_t>(Message::kFirstPage);
  constexpr auto kTitle = static_cast<std::size_t>(Message::kFirstTitle);
  constexpr auto kService = static_cast<std::size_t>(Message::kFirstService);
  constexpr auto kResource = static_cast<std::size_t>(Message::kFirstResource);
  constexpr auto kDemo = static_cast<std::size_t>(Message::kFirstDemo);
  constexpr auto kAlert = static_cast<std::size_t>(Message::kFirstAlert);
  constexpr auto kVerbs = static_cast<std::size_t>(Message::kFirstVerbs);
  if (at < kHelp) return kSentences[at - 1];
  if (at < kPage) return help_entries()[at - kHelp];
  if (at < kTitle) return page_entries()[at - kPage];
  if (at < kService) return title_entries()[at - kTitle];
  if (at < kResource) return service_entries()[at - kService];
  constexpr auto kConfig = static_cast<std::size_t>(Message::kFirstConfig);
  if (at < kDemo) return resource_entries()[at - kResource];
  if (at < kVerbs) return demo_entries()[at - kDemo];
  if (at < kAlert) return verb_entries()[at - kVerbs];
  if (at < kConfig) return alert_entries()[at - kAlert];
  return config_entries()[at - kConfig];
}

}  // namespace

std::span<const Entry> sentence_entries() {
  return kSentences;
}

std::string_view say(Message message, Language language) {
  if (message == Message::kNone) return {};
  const Entry& entry = entry_of(message);
  return language == Language::kSpanish ? entry.spanish : entry.english;
}

std::string say(Message message, Language language, Fields fields) {
  std::string_view rest = say(message, language);
  std::string out;
  while (!rest.empty()) {
    const std::size_t open = std::min(rest.find('{'), rest.size());
    out += rest.substr(0, open);
    rest.remove_prefix(open);
    const std::size_t close = rest.find('}');
    if (close == std::string_view::npos) break;
    const std::string_view name = rest.substr(1, close - 1);
    const auto field =
        std::ranges::find(fields, name, &std::pair<std::string_view, std::string_view>::first);
    out += field == fields.end() ? rest.substr(0, close + 1) : field->second;
    rest.remove_prefix(close + 1);
  }
  return out.append(rest);
}

}  // namespace sillar::cli
