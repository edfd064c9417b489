#!/bin/bash
#SBATCH --job-name=sweep
#SBATCH --nodes=2-6
#SBATCH --gpus-per-task=1 --ntasks-per-node=4
#SBATCH --constraint=[a100|h100]
#SBATCH --distribution=block:cyclic
#SBATCH --wckey=abc --parsable -Q
srun ./step
