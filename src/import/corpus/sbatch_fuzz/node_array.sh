#!/bin/bash
#SBATCH --job-name=ensemble
#SBATCH --array=1-3%2
#SBATCH --nodes=2
#SBATCH --gpus-per-node=4
#SBATCH --tres-per-task=gres/gpu:1
#SBATCH --dependency=afterok:111?afterok:112
torchrun --nnodes=2 member.py --seed "$SLURM_ARRAY_TASK_ID" --rank "$SLURM_PROCID"
