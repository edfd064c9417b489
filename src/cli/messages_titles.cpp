// Titles of lists and tables, and the words that answers use.

#include <algorithm>
#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kTitles = std::to_array<Entry>({
    {Message::kTitleFile, "File", "Archivo"},
    {Message::kTitleKind, "Kind", "Tipo"},
    {Message::kTitleResult, "Result", "Resultado"},
    {Message::kTitleFaults, "Faults", "Errores"},
    {Message::kTitleVersion, "Version", "Versión"},
    {Message::kTitleCommit, "Commit", "Revisión"},
    {Message::kTitleCompiler, "Compiler", "Compilador"},
    {Message::kTitleBuild, "Build", "Compilación"},
    {Message::kTitleClass, "Class", "Clase"},
    {Message::kTitleUnit, "Unit", "Unidad"},
    {Message::kTitleUsdPerHour, "USD/h", "USD/h"},
    {Message::kTitleCpuShare, "CPU share ‰", "Parte de CPU ‰"},
    {Message::kTitleStandIn, "Taken from", "Tomado de"},
    {Message::kTitleProvider, "Provider", "Proveedor"},
    {Message::kTitleRegion, "Region", "Región"},
    {Message::kTitleCountry, "Country", "País"},
    {Message::kTitleArea, "Area", "Zona"},
    {Message::kTitleOperator, "Operator", "Operador"},
    {Message::kTitleOperatorCountry, "Of", "De"},
    {Message::kTitleDate, "Read on", "Leído el"},
    {Message::kTitlePriceMap, "Price map", "Mapa de precios"},
    {Message::kTitleLocationFacts, "Location facts", "Datos de ubicación"},
    {Message::kTitleNodes, "Nodes", "Nodos"},
    {Message::kTitleProjects, "Projects", "Proyectos"},
    {Message::kTitleWorkloads, "Workloads", "Cargas de trabajo"},
    {Message::kTitleTasks, "Tasks", "Tareas"},
    {Message::kTitleTask, "Task", "Tarea"},
    {Message::kTitleWorkload, "Workload", "Carga de trabajo"},
    {Message::kTitleState, "State", "Estado"},
    {Message::kTitleNode, "Node", "Nodo"},
    {Message::kTitleDevices, "Devices", "Dispositivos"},
    {Message::kTitlePromised, "Promised", "Prometido"},
    {Message::kTitlePromisedDevices, "Its devices", "Sus dispositivos"},
    {Message::kTitleReason, "Reason", "Motivo"},
    {Message::kTitleVictims, "Evicted", "Desalojadas"},
    {Message::kTitleFor, "For", "Para"},
    {Message::kTitleMovedTo, "Moves to", "Pasa a"},
    {Message::kTitleGpuSeconds, "GPU-seconds", "GPU-segundos"},
    {Message::kTitleLost, "Lost", "Perdido"},
    {Message::kTitleFailures, "Differences", "Diferencias"},
    {Message::kTitleFailure, "Difference", "Diferencia"},
});
static_assert(is_complete(kTitles, Message::kFirstTitle, Message::kCount));

// In English an answer's word is its own text.
struct Word {
  std::string_view word;
  std::string_view spanish;
};

constexpr auto kWords = std::to_array<Word>({
    {"fleet", "flota"},
    {"projects", "proyectos"},
    {"scenario", "escenario"},
    {"workloads", "cargas de trabajo"},
    {"valid", "válido"},
    {"invalid", "no válido"},
    {"device", "dispositivo"},
    {"core", "núcleo"},
    {"share", "parte"},
    {"unlimited", "sin límite"},
    {"Pending", "Pendiente"},
    {"Running", "En ejecución"},
    {"Stopping", "Deteniéndose"},
    {"Finished", "Terminada"},
    {"ok", "bien"},
    {"failed", "falló"},
});

}  // namespace

std::span<const Entry> title_entries() {
  return kTitles;
}

std::string_view say_word(std::string_view word, Language language) {
  if (language == Language::kEnglish) return word;
  const auto found = std::ranges::find(kWords, word, &Word::word);
  return found == kWords.end() ? word : found->spanish;
}

}  // namespace sillar::cli
