// What the demo says.

#include <array>

#include "cli/translation.h"

namespace sillar::cli {
namespace {

constexpr auto kSentences = std::to_array<Translation>({
    {"{} is not there. The demo reads the examples of sillar's sources; say where they are with "
     "--examples",
     "{0} no está. La demo lee los ejemplos de las fuentes de sillar; indique dónde están con "
     "--examples"},
    {"there is no job in the traces that the demo could feed",
     "no hay en las trazas ningún trabajo que la demo pueda enviar"},
    {"the server made a key and did not say which", "el servidor creó una clave y no dijo cuál"},
    {"two numbers were expected, where the demo is; remove the file to begin anew",
     "se esperaban dos números, por dónde va la demo; borre el archivo para empezar de nuevo"},
    {"The demo feeds no more: {} Remove {} to have its keys made anew at the next start.",
     "La demo no envía más: {0} Borre {1} para que el próximo arranque cree claves nuevas."},
    {"The demo has submitted {} workloads and feeds no more; for another round, start it with "
     "another --data folder.",
     "La demo ha enviado {0} cargas de trabajo y no envía más; para otra ronda, arránquela con "
     "otra "
     "carpeta --data."},
    {"{} was refused; {}", "{0} fue rechazada; {1}"},
    {"the machine went away", "la máquina desapareció"},
    {"simulated: the job failed", "simulado: el trabajo falló"},
});

}  // namespace

std::span<const Translation> demo_translations() {
  return kSentences;
}

}  // namespace sillar::cli
