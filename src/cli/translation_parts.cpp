#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kTails = std::to_array<Translation>({
    {"; did you mean '{}'?", "; ¿quiso decir '{0}'?"},
    {" (the United Kingdom is GB)", " (el Reino Unido es GB)"},
    {"; it is offered in '{}'", "; se ofrece en '{0}'"},
    {"; it is offered in '{}' and {} more regions", "; se ofrece en '{0}' y en {1} regiones más"},
    {"; zone '{}' has one", "; la zona '{0}' tiene uno"},
});

constexpr auto kParts = std::to_array<Translation>({
    {"nothing", "nada"},
    {"a list", "una lista"},
    {"a mapping", "un mapa"},
    {"the text '{}'", "el texto '{0}'"},
    {"the number {}", "el número {0}"},
    {"a name", "un nombre"},
    {"a text", "un texto"},
    {"a word", "una palabra"},
    {"a number or a text", "un número o un texto"},
    {"an amount such as 1000 USD", "un importe como 1000 USD"},
    {"an amount such as 2 or 1.5", "una cantidad como 2 o 1.5"},
    {"an amount of memory such as 80Gi", "una cantidad de memoria como 80Gi"},
    {"a time such as 2026-01-31T12:00:00Z", "una hora como 2026-01-31T12:00:00Z"},
    {"a duration such as 1h30m", "una duración como 1h30m"},
    {"indices such as 0-15,20", "índices como 0-15,20"},
    {"a decimal amount", "un importe decimal"},
    {"a currency code", "un código de moneda"},
    {"a share of capacity such as 0.25", "una parte de la capacidad como 0.25"},
    {"{} or {}", "{0}, {1}"},
    {"cores", "núcleos"},
    {"memory", "memoria"},
    // What an impossible snapshot has.
    {"a job at impossible times", "un trabajo con horas imposibles"},
    {"a job held for nothing", "un trabajo retenido por nada"},
    {"a wait for nobody", "una espera por nadie"},
    {"an impossible life of a task", "una vida imposible de una tarea"},
    {"an impossible arrival", "una llegada imposible"},
    {"an impossible usage", "un uso imposible"},
    {"impossible ranks", "rangos imposibles"},
    {"an impossible health", "una salud imposible"},
    {"an impossible end", "un final imposible"},
    {"no world", "ningún mundo"},
    {"an impossible workload", "una carga de trabajo imposible"},
    {"an impossible workload: {}: {}", "una carga de trabajo imposible: {0}: {1!}"},
    {"two workloads of one name", "dos cargas de trabajo con el mismo nombre"},
    {"more tasks than it tells of", "más tareas de las que contiene"},
    {"a gang of another size than its tasks", "un grupo de otro tamaño que sus tareas"},
    {"an impossible reason", "un motivo imposible"},
    {"an impossible record of a workload", "un registro imposible de una carga de trabajo"},
    {"an impossible reservation", "una reserva imposible"},
    {"an impossible remainder", "un resto imposible"},
    {"an impossible lease", "una concesión imposible"},
    {"an impossible rotation", "una rotación imposible"},
    {"an impossible price", "un precio imposible"},
    {"no reservation of a task", "una tarea sin su reserva"},
    {"a reservation of nothing", "una reserva de nada"},
    {"a task that is metered and idle", "una tarea que se mide y no se ejecuta"},
    // Of a checkpoint.
    {"the checkpoint given", "el punto de comprobación dado"},
    {"checkpoint {}", "el punto de comprobación {0}"},
    {"a signature begins with a dash", "una firma empieza con una raya"},
    {"a signature has a name", "una firma tiene un nombre"},
    {"a signature is base64", "una firma es base64"},
    {"it is too long", "es demasiado largo"},
    {"its signatures are missing", "faltan sus firmas"},
    {"its last line has no end", "su última línea no tiene fin"},
    {"it has too many signatures", "tiene demasiadas firmas"},
    {"it has three lines: origin, size and root", "tiene tres líneas: origen, tamaño y raíz"},
    {"its origin is no name", "su origen no es un nombre"},
    {"its size is no number", "su tamaño no es un número"},
    {"its root is no SHA-256 in base64", "su raíz no es un SHA-256 en base64"},
});

constexpr auto kContexts = std::to_array<Translation>({
    {"project '{}'", "proyecto '{0}'"},
    {"{} and {} more", "{0} y {1} más"},
    {"run time", "tiempo de ejecución"},
    {"checkpoint interval", "intervalo entre puntos de control"},
    {"checkpoint cost", "coste de un punto de control"},
    {"restart cost", "coste de reinicio"},
    {"start time", "tiempo de arranque"},
    {"stop time", "tiempo de parada"},
    {"time between faults of a node", "tiempo entre fallos de un nodo"},
    {"repair of a node", "reparación de un nodo"},
    {"time between faults of a device", "tiempo entre fallos de un dispositivo"},
    {"repair of a device", "reparación de un dispositivo"},
    {"time between failures of work", "tiempo entre fallos del trabajo"},
    {"pace of full cycles", "ritmo de los ciclos completos"},
    {"the checkpoint given", "el punto de comprobación dado"},
    {"checkpoint {}", "punto de comprobación {0}"},
    {"leaf {} is damaged", "la hoja {0} está dañada"},
    {"leaf {}", "hoja {0}"},
    {"entry {}", "entrada {0}"},
});

}  // namespace

std::span<const Translation> tail_translations() {
  return kTails;
}

std::span<const Translation> part_translations() {
  return kParts;
}

std::span<const Translation> context_translations() {
  return kContexts;
}

}  // namespace sillar::cli
