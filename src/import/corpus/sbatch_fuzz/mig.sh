#!/bin/bash
#SBATCH --job-name=inference-check
#SBATCH --gres=gpu:1g.10gb:1
#SBATCH --ntasks=1
#SBATCH --time=0
#SBATCH --export=NONE
#SBATCH --chdir=/srv/models
python check.py
