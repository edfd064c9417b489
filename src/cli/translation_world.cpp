#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    // Prices.
    {"an offer needs a cloud", "una oferta necesita una nube"},
    {"an offer needs an instance type", "una oferta necesita un tipo de instancia"},
    {"the offer {} is stated twice", "la oferta {0} aparece dos veces"},
    {"the commitment for {} in {} is stated twice",
     "el compromiso para {0} en {1} aparece dos veces"},
    {"the catalogue has no price for {}", "el catálogo no tiene precio para {0}"},
    {"no commitment is known for {}; state the node's price per hour",
     "no se conoce ningún compromiso para {0}; indique el precio por hora del nodo"},
    {"owned machines are priced by the price map, not by a catalogue",
     "el precio de las máquinas propias sale del mapa de precios, no de un catálogo"},
    {"the catalogue has no {} price for {}", "el catálogo no tiene precio {0} para {1}"},
    {"the {} price of {} lies between {} in zone {} and {} in zone {}; state the node's zone",
     "el precio {0} de {1} va de {2} en la zona {3} a {4} en la zona {5}; indique la zona del "
     "nodo"},
    {"'{}' is not a share in thousandths, 0 to 1000",
     "'{0}' no es una parte en milésimas, de 0 a 1000"},
    {"a row needs a class", "una fila necesita una clase"},
    {"class '{}' is stated twice", "la clase '{0}' aparece dos veces"},
    {"'{}' in '{}' is not a price; units are device and share, once core for cpu, once gib for "
     "memory",
     "'{0}' en '{1}' no es un precio; las unidades son device y share, una vez core para cpu y una "
     "vez gib para memory"},
    {"the rows cpu (core), memory (gib) and * (share) are needed",
     "se necesitan las filas cpu (core), memory (gib) y * (share)"},
    {"the price of a node's CPU and memory exceeds one amount",
     "el precio de la CPU y la memoria de un nodo no cabe en un importe"},
    {"the price map has no price for class '{}'; state the nodes' price per hour or add a row",
     "el mapa de precios no tiene precio para la clase '{0}'; indique el precio por hora de los "
     "nodos o añada una fila"},
    {"the price map has no price for class '{}' (did you mean '{}'?); state the nodes' price per "
     "hour or add a row",
     "el mapa de precios no tiene precio para la clase '{0}' (¿quiso decir '{1}'?); indique el "
     "precio por hora de los nodos o añada una fila"},
    {"the price of a node exceeds one amount", "el precio de un nodo no cabe en un importe"},
    {"'{}' has a price only at a place; state the nodes' location",
     "'{0}' solo tiene precio en un lugar; indique la ubicación de los nodos"},
    {"an amount exceeds what one entry can hold", "un importe supera lo que cabe en un asiento"},
    {"a node is priced in {}, the meter counts {}",
     "un nodo tiene su precio en {0} y el medidor cuenta en {1}"},
    {"a node's price of {} per hour has a negative part",
     "el precio de un nodo, {0} por hora, tiene una parte negativa"},
    {"a node's price per hour times its devices exceeds {} {}",
     "el precio por hora de un nodo por sus dispositivos supera {0} {1}"},
    // Places.
    {"a location needs a provider", "una ubicación necesita un proveedor"},
    {"'{}' is not an ISO 3166 country code; leave it empty when unknown",
     "'{0}' no es un código de país ISO 3166; déjelo vacío si no se conoce"},
    {"location '{}/{}' is stated twice", "la ubicación '{0}/{1}' aparece dos veces"},
    {"'{}' is not a region; write provider/region, e.g. aws/eu-west-1",
     "'{0}' no es una región; escriba proveedor/región, p. ej. aws/eu-west-1"},
    {"'{}' is not an ISO 3166 country code, EU or EEA",
     "'{0}' no es un código de país ISO 3166, ni EU, ni EEA"},
    // Inputs.
    {"input at {}, outside {} to {}",
     "hay una entrada con hora {0}, fuera del intervalo de {1} a {2}"},
    {"input at {} comes after the state's time {}",
     "la entrada con hora {0} llega cuando el estado ya está en {1}"},
    {"the first input must configure the fleet and the projects",
     "la primera entrada debe configurar la flota y los proyectos"},
    {"{} prices for {} nodes", "hay {0} precios para {1} nodos"},
    {"there is no task {}", "no existe la tarea {0}"},
    {"there is no node {}", "no existe el nodo {0}"},
    {"node {} has no device {}", "el nodo {0} no tiene el dispositivo {1}"},
    {"this world was configured without prices", "este mundo se configuró sin precios"},
    {"the budget '{}' of {} is hard, and this world has no prices to hold it against; give prices, "
     "or make it soft",
     "el presupuesto '{0}' de {1} es estricto y este mundo no tiene precios con que compararlo; dé "
     "precios, o quítele lo estricto"},
    {"the budget '{}' of {} is in {}, the prices are in {}",
     "el presupuesto '{0}' de {1} está en {2} y los precios están en {3}"},
    {"there is no policy '{}'", "no existe la política '{0}'"},
    {"the policy '{}' goes with other rules", "la política '{0}' va con otras reglas"},
    {"a node's price is not negative, and CPU carries no more than all of it",
     "el precio de un nodo no puede ser negativo, y la CPU no lleva más que todo él"},
    {"all prices of a world are in one currency",
     "todos los precios de un mundo van en una sola moneda"},
    {"a node costs at most a million an hour", "un nodo cuesta un millón por hora como máximo"},
    {"a gang needs at least one task, and its minimum is at most its size",
     "un grupo necesita al menos una tarea, y su mínimo no puede superar su tamaño"},
    {"runs on node '{}', whose class it does not accept",
     "se ejecuta en el nodo '{0}', cuya clase no acepta"},
    {"no MIG profile '{}' there", "allí no existe el perfil MIG '{0}'"},
    {"device {} of '{}' has no slot left", "al dispositivo {0} de '{1}' no le quedan ranuras"},
    // Recordings.
    {"'{}' is missing", "falta '{0}'"},
    {"an input configures, submits, cancels, holds, releases, drains, observes or decides",
     "una entrada configura, envía, cancela, retiene, libera, vacía, observa o decide"},
    {"'{}' is not an event of a task", "'{0}' no es un suceso de una tarea"},
    {"'device' is out of range", "'device' está fuera de rango"},
    {"'{}' is out of range", "'{0}' está fuera de rango"},
    {"only tasks of an array are cancelled one by one",
     "solo las tareas de una serie se cancelan una por una"},
    {"'{}' has {} tasks, no task {}", "'{0}' tiene {1} tareas; no hay tarea {2}"},
    {"'{}' is not a state of health", "'{0}' no es un estado de salud"},
    {"expected an input line", "se esperaba una línea de entrada"},
    {"the recording is empty", "la grabación está vacía"},
    {"begins after {}", "empieza después de {0}"},
    {"an input has no time", "una entrada no tiene hora"},
    {"the recording speaks of another state", "la grabación habla de otro estado"},
    // Snapshots.
    {"this is not a snapshot", "esto no es una instantánea"},
    {"the snapshot is of version {}; this program reads version {}",
     "la instantánea es de la versión {0}; este programa lee la versión {1}"},
    {"the snapshot says that it has {} bytes more, and has {}",
     "la instantánea dice que tiene {0} bytes más, y tiene {1}"},
    {"the snapshot is damaged: its checksum differs",
     "la instantánea está dañada: su suma de comprobación difiere"},
    {"the snapshot has {}", "la instantánea tiene {0!}"},
    // States in snapshots.
    {"the meter's state has an impossible {}",
     "el estado del medidor contiene un dato imposible: {0}"},
    {"the budgets' state has an impossible account",
     "el estado de los presupuestos tiene una cuenta imposible"},
    {"the budgets' state has an impossible reservation",
     "el estado de los presupuestos tiene una reserva imposible"},
    {"the rank table's state is cut short", "el estado de la tabla de rangos está incompleto"},
    {"the rank table's state has an impossible header",
     "el estado de la tabla de rangos tiene un encabezado imposible"},
    {"the rank table's state has an impossible row",
     "el estado de la tabla de rangos tiene una fila imposible"},
    {"the rank table's state has a group twice",
     "el estado de la tabla de rangos tiene un grupo dos veces"},
    {"the board's state has an impossible health",
     "el estado del tablero tiene una salud imposible"},
    {"the board's state has an impossible job {}",
     "el estado del tablero tiene un trabajo imposible, {0}"},
    {"the board's state has an impossible task {}",
     "el estado del tablero tiene una tarea imposible, {0}"},
    {"the rotation's state is cut short", "el estado de la rotación está incompleto"},
    {"the rotation's state has an impossible header",
     "el estado de la rotación tiene un encabezado imposible"},
    {"the rotation's state has an impossible lease",
     "el estado de la rotación tiene una concesión imposible"},
    {"the rotation's state has leases out of order",
     "el estado de la rotación tiene concesiones desordenadas"},
});

}  // namespace

std::span<const Translation> world_translations() {
  return kSentences;
}

}  // namespace sillar::cli
