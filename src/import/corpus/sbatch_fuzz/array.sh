#!/bin/sh
#SBATCH --job-name="grid search"
#SBATCH --array=0-15:5,20,31%3 # a coarse grid
#SBATCH --time=45
#SBATCH --mem-per-cpu=2000
#SBATCH -n 1 -c 4
#SBATCH -o grid_%A_%a.log

echo "point ${SLURM_ARRAY_TASK_ID} of ${SLURM_ARRAY_TASK_COUNT} (${SLURM_ARRAY_TASK_MAX})"
./search --index "$SLURM_ARRAY_TASK_ID" --of 32
