// What the page of a simulation says.

#include <array>

#include "cli/messages.h"

namespace sillar::cli {
namespace {

constexpr auto kPage = std::to_array<Entry>({
    {Message::kPageTitle, "Simulation under the policy {policy}",
     "Simulación con la política {policy}"},
    {Message::kPageSpan, "{begin} to {end}, jobs: {jobs}, GPUs: {gpus}",
     "Del {begin} al {end}, trabajos: {jobs}, GPU: {gpus}"},
    {Message::kPageUseful, "useful: {share}", "útil: {share}"},
    {Message::kPageSpread, "median {median}, p99 {p99}", "mediana {median}, p99 {p99}"},
    {Message::kPageFinished, "Jobs finished", "Trabajos terminados"},
    {Message::kPageOfJobs,
     "of {jobs}; failed: {failed}, stopped at their limit: {stopped}, refused: {refused}, "
     "unfinished: {unfinished}",
     "de {jobs}; fallidos: {failed}, parados en su límite: {stopped}, rechazados: {refused}, sin "
     "terminar: {unfinished}"},
    {Message::kPageLost, "GPU-hours lost: {hours}", "GPU-horas perdidas: {hours}"},
    {Message::kPageIdle, "of it idle: {idle}", "de ello inactivo: {idle}"},
    {Message::kPageDevices, "GPUs in use", "GPU en uso"},
    {Message::kPageDevicesText, "By project, means over time; the dashed line is what there is.",
     "Por proyecto, medias en el tiempo; la línea discontinua es lo que hay."},
    {Message::kPageCapacity, "all GPUs", "todas las GPU"},
    {Message::kPageQueued, "Jobs waiting", "Trabajos en espera"},
    {Message::kPageQueuedText, "Jobs of which no task runs, by project, means over time.",
     "Trabajos de los que no se ejecuta ninguna tarea, por proyecto, medias en el tiempo."},
    {Message::kPageCost, "Cost over time", "Coste en el tiempo"},
    {Message::kPageCostText,
     "{currency} per hour, by project; idle is what is paid for and used by nobody.",
     "{currency} por hora, por proyecto; inactivo es lo que se paga y nadie usa."},
    {Message::kPageIdleName, "Idle", "Inactivo"},
    {Message::kPageOthers, "others ({count})", "otros ({count})"},
    {Message::kPageTotal, "Total", "Total"},
    {Message::kPageTime, "Time (UTC)", "Hora (UTC)"},
    {Message::kPageNumbers, "Show the numbers", "Mostrar los números"},
    {Message::kPageQueueTimes, "Queue times by project", "Tiempos de espera por proyecto"},
    {Message::kPageQueueOverTime, "Queue times over time", "Evolución de los tiempos de espera"},
    {Message::kPageQueueOverTimeText,
     "By project and by the time of arrival: the mean over finished jobs that arrived then. A gap "
     "is a time when none did. Each has its own scale.",
     "Por proyecto y por hora de llegada: la media de los trabajos terminados que llegaron "
     "entonces. Un hueco es un tiempo en que no llegó ninguno. Cada cual tiene su escala."},
    {Message::kPageMeanAndMost, "mean {mean}, at most {most}", "media {mean}, como máximo {most}"},
    {Message::kPageAllProjects, "All projects", "Todos los proyectos"},
    {Message::kPageMedian, "Median", "Mediana"},
    {Message::kPageMean, "Mean", "Media"},
    {Message::kPageP99, "p99", "p99"},
    {Message::kPageBars, "The inner bar is the mean, the outer one p99.",
     "La barra interior es la media; la exterior, p99."},
    {Message::kPageWords, "What the words mean", "Qué significan las palabras"},
    {Message::kPageUtilisationText,
     "Share of all GPU time, from the first arrival to the end, that tasks held.",
     "Parte de todo el tiempo de GPU, desde la primera llegada hasta el final, que ocuparon las "
     "tareas."},
    {Message::kPageUsefulText,
     "The part of it that finished jobs needed: without set-up after restarts and without work "
     "that was lost.",
     "La parte de ella que necesitaron los trabajos terminados: sin la preparación tras reinicios "
     "y sin el trabajo perdido."},
    {Message::kPageQueueing, "Queueing", "Espera"},
    {Message::kPageQueueingText,
     "Completion less run time: waiting, set-up, restarts and work done twice.",
     "Finalización menos tiempo de ejecución: espera, preparación, reinicios y trabajo hecho dos "
     "veces."},
    {Message::kPageCompletion, "Completion", "Finalización"},
    {Message::kPageCompletionText,
     "From a job’s arrival to the end of its last task. Percentiles are nearest rank over finished "
     "jobs.",
     "Desde la llegada de un trabajo hasta el final de su última tarea. Los percentiles son por "
     "rango más cercano sobre los trabajos terminados."},
    {Message::kPageIdleText,
     "What the fleet costs beyond what its workloads used. Workloads and idle sum to the total "
     "exactly.",
     "Lo que cuesta la flota más allá de lo que usaron sus cargas de trabajo. Cargas e inactivo "
     "suman exactamente el total."},
});
static_assert(is_complete(kPage, Message::kFirstPage, Message::kFirstTitle));

}  // namespace

std::span<const Entry> page_entries() {
  return kPage;
}

}  // namespace sillar::cli
