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
    {Message::kTitlePolicy, "Policy", "Política"},
    {Message::kTitleBegin, "From", "Desde"},
    {Message::kTitleEnd, "Until", "Hasta"},
    {Message::kTitleJobs, "Jobs", "Trabajos"},
    {Message::kTitleFinished, "Finished", "Terminados"},
    {Message::kTitleRefused, "Refused", "Rechazados"},
    {Message::kTitleUnfinished, "Unfinished", "Sin terminar"},
    {Message::kTitleUtilisation, "Utilisation", "Utilización"},
    {Message::kTitleUsefulShare, "Useful utilisation", "Utilización útil"},
    {Message::kTitleCompletionMean, "Completion, mean", "Finalización, media"},
    {Message::kTitleCompletionMedian, "Completion, median", "Finalización, mediana"},
    {Message::kTitleCompletionP99, "Completion, p99", "Finalización, p99"},
    {Message::kTitleQueueingMean, "Queueing, mean", "Espera, media"},
    {Message::kTitleQueueingMedian, "Queueing, median", "Espera, mediana"},
    {Message::kTitleQueueingP99, "Queueing, p99", "Espera, p99"},
    {Message::kTitleEvictions, "Evictions", "Desalojos"},
    {Message::kTitleFaultsSeen, "Faults", "Fallos"},
    {Message::kTitleGpuSecondsLost, "GPU-seconds lost", "GPU-segundos perdidos"},
    {Message::kTitleGpuHours, "GPU-hours", "GPU-horas"},
    {Message::kTitleBilled, "Cost", "Coste"},
    {Message::kTitleWorkloadCost, "Cost of workloads", "Coste de las cargas"},
    {Message::kTitleIdleCost, "Cost of idle", "Coste inactivo"},
    {Message::kTitleCost, "Cost", "Coste"},
    {Message::kTitleDecisionsPerSecond, "Decisions per second", "Decisiones por segundo"},
    {Message::kTitlePeakMemory, "Peak memory", "Memoria máxima"},
    {Message::kTitleProject, "Project", "Proyecto"},
    {Message::kTitleAt, "At", "En"},
    {Message::kTitleInFront, "In front of it", "Delante de ella"},
    {Message::kTitleFirstInFront, "First of them", "Primeras de ellas"},
    {Message::kTitleHappens, "What happens", "Qué ocurre"},
    {Message::kTitleNextCycle, "In the next cycle", "En el próximo ciclo"},
    {Message::kTitleRule, "By", "Por"},
    {Message::kTitleProjectsInFront, "Projects in front", "Proyectos delante"},
    {Message::kTitleVerdict, "Verdict", "Veredicto"},
    {Message::kTitleNodeVerdicts, "What nodes say", "Qué dicen los nodos"},
    {Message::kTitleResource, "Resource", "Recurso"},
    {Message::kTitleAllocated, "Allocated", "Asignado"},
    {Message::kTitleRequested, "Requested", "Solicitado"},
    {Message::kTitleFairShare, "Fair share", "Parte justa"},
    {Message::kTitleDeserved, "Deserved", "Merecido"},
    {Message::kTitleLimit, "Limit", "Límite"},
    {Message::kTitleLocation, "Location", "Ubicación"},
    {Message::kTitleChosen, "Chosen", "Elegida"},
    {Message::kTitleFitNow, "Fit now", "Caben ahora"},
    {Message::kTitlePerHour, "Per hour", "Por hora"},
    {Message::kTitleDifferencePerHour, "Difference", "Diferencia"},
    {Message::kTitleRefusedBy, "Refused by", "Rechazada por"},
    {Message::kTitleCandidates, "Candidates", "Candidatos"},
    {Message::kTitleInputs, "Inputs", "Entradas"},
    {Message::kTitleFacts, "Facts", "Hechos"},
    {Message::kTitleLine, "Line", "Línea"},
    {Message::kTitleInput, "Input", "Entrada"},
    {Message::kTitleRecorded, "Recorded", "Grabado"},
    {Message::kTitleDecided, "Decided now", "Decidido ahora"},
    {Message::kTitleFirstDifferences, "First differences", "Primeras diferencias"},
    {Message::kTitleRuns, "Runs", "Ejecuciones"},
    {Message::kTitleAlloc100, "Allocated % at 100", "Asignado % a 100"},
    {Message::kTitleAlloc130, "Allocated % at 130", "Asignado % a 130"},
    {Message::kTitleDeviation, "sd", "desv."},
    {Message::kTitlePublished, "Published", "Publicado"},
    {Message::kTitleFrag100, "Fragmented % at 100", "Fragmentado % a 100"},
    {Message::kTitleFrag130, "Fragmented % at 130", "Fragmentado % a 130"},
    {Message::kTitlePlacementsPerSecond, "Placements/s", "Colocaciones/s"},
    {Message::kTitleFgd, "Placement on the openb cluster", "Colocación en el clúster openb"},
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
    {"Promised", "Prometida"},
    {"started", "se inicia"},
    {"promised", "se le promete lugar"},
    {"promise-kept", "se cumple la promesa"},
    {"promise-withdrawn", "se retira la promesa"},
    {"evicted", "se desaloja"},
    {"moves", "se traslada"},
    {"stopped", "se detiene"},
    {"finished", "termina"},
    {"waits", "espera"},
    {"same", "igual"},
    {"not-over-fair-share", "dentro de su parte justa"},
    {"below-deserved", "por debajo de lo merecido"},
    {"priority", "prioridad"},
    {"no-use-of-a-zero-share", "sin uso de una parte nula"},
    {"dominant-share-with-the-job", "parte dominante con el trabajo"},
    {"dominant-share", "parte dominante"},
    {"allocatable-share", "parte asignable"},
    {"age", "antigüedad"},
    {"other-class-size-or-labels", "otra clase, tamaño o etiquetas"},
    {"residency", "residencia"},
    {"fits", "cabe"},
    {"unhealthy", "no sano"},
    {"full", "lleno"},
    {"true", "sí"},
    {"false", "no"},
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
