#!/bin/bash
#SBATCH --job-name=coupled --ntasks=2 --mem=8G
#SBATCH hetjob
#SBATCH --ntasks=16 --mem=64G --gres=gpu:4
srun --het-group=0 ./driver : --het-group=1 ./solver
