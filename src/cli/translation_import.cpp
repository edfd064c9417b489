// What the readers of foreign forms of work say.

#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    {"no form of work that can be imported is recognised here",
     "no se reconoce aquí ningún formato de trabajo que se pueda importar"},
    {"more than {} fields to tell of", "más de {0} campos de los que informar"},
    {"one text holds at most {} workloads", "un texto contiene {0} cargas de trabajo como máximo"},
    {"a whole number from {} to {} was expected", "se esperaba un número entero de {0} a {1}"},
    {"true or false was expected", "se esperaba true o false"},
    {"a text was expected", "se esperaba un texto"},
    {"a mapping was expected", "se esperaba un mapa"},
    {"a list was expected", "se esperaba una lista"},
    {"'{}' is not one of {}", "'{0}' no es uno de {1}"},
    // Kubernetes.
    {"'{}' of '{}' cannot be imported; Job of batch/v1 and Pod of v1 can",
     "'{0}' de '{1}' no se puede importar; Job de batch/v1 y Pod de v1 sí"},
    {"there is neither a Job nor a Pod here", "aquí no hay ningún Job ni ningún Pod"},
    {"the field 'containers' is missing", "falta el campo 'containers'"},
    {"the field 'name' is missing", "falta el campo 'name'"},
    {"the field 'spec' is missing", "falta el campo 'spec'"},
    {"the field 'template' is missing", "falta el campo 'template'"},
    {"a pod has at least one container", "un pod tiene al menos un contenedor"},
    {"an amount such as 2, 500m or 16Gi was expected",
     "se esperaba una cantidad como 2, 500m o 16Gi"},
    {"the resource of a MIG slice ends with a profile such as 1g.10gb",
     "el recurso de una porción MIG termina con un perfil como 1g.10gb"},
    {"a whole number of devices was expected", "se esperaba un número entero de dispositivos"},
    // Task files of SkyPilot and configurations of dstack.
    {"there is no task here", "aquí no hay ninguna tarea"},
    {"choices do not hold choices", "una alternativa no contiene alternativas"},
    {"'{}' is not a number of accelerators", "'{0}' no es un número de aceleradores"},
    {"'{}' is not a number of cores", "'{0}' no es un número de núcleos"},
    {"'{}' is not an amount of memory such as 16GB",
     "'{0}' no es una cantidad de memoria como 16GB"},
    {"'{}' is not a range such as 2..8", "'{0}' no es un intervalo como 2..8"},
    {"'{}' is not written as A100:80GB:2", "'{0}' no está escrito como A100:80GB:2"},
    {"a range has a min and a max", "un intervalo tiene min y max"},
    {"replicas are a number or a range such as 1..4",
     "las réplicas son un número o un intervalo como 1..4"},
    {"more than {} regions of providers", "más de {0} regiones de proveedores"},
    {"'{}' is not a duration such as 2h", "'{0}' no es una duración como 2h"},
    {"the field 'type' is missing", "falta el campo 'type'"},
    {"the field '{}' is missing", "falta el campo '{0}'"},
    {"there is neither a task nor a service nor a dev environment here",
     "aquí no hay tarea, servicio ni entorno de desarrollo"},
    // Batch scripts of Slurm.
    {"a batch script begins with #! and the path of what runs it",
     "un script por lotes empieza con #! y la ruta de lo que lo ejecuta"},
    {"lines end as on DOS, which no shell reads",
     "las líneas terminan como en DOS, lo que ningún intérprete lee"},
    {"a quote is not closed", "hay unas comillas sin cerrar"},
    {"a value is missing", "falta un valor"},
    {"'{}' is not a number of nodes such as 2 or 2-4",
     "'{0}' no es un número de nodos como 2 o 2-4"},
    {"'{}' is not a number of devices such as 2 or a100:2",
     "'{0}' no es un número de dispositivos como 2 o a100:2"},
    {"'{}' is not a resource such as gpu:a100:2", "'{0}' no es un recurso como gpu:a100:2"},
    {"{} devices on one node are more than {}", "{0} dispositivos en un nodo son más que {1}"},
    {"the amount is larger than can be counted", "la cantidad es mayor de lo que se puede contar"},
    {"'{}' is not an amount of memory such as 16G", "'{0}' no es una cantidad de memoria como 16G"},
    {"'{}' is not a time such as 90, 1:30:00 or 2-12",
     "'{0}' no es un tiempo como 90, 1:30:00 o 2-12"},
    {"'{}' is not an array such as 0-15%4 with indices up to {}",
     "'{0}' no es una serie como 0-15%4 con índices hasta {1}"},
    {"an array of jobs on several nodes has at most {} indices",
     "una serie de trabajos en varios nodos tiene {0} índices como máximo"},
    {"'{}' is not a signal such as B:USR1@120", "'{0}' no es una señal como B:USR1@120"},
});

}  // namespace

std::span<const Translation> import_translations() {
  return kSentences;
}

}  // namespace sillar::cli
