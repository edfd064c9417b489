#!/usr/bin/env bash
#SBATCH --job-name=evaluate
#SBATCH --dependency=afterok:pretrain:4711+10,afterany:cleanup,afternotok:99,singleton
#SBATCH --gpus=2
#SBATCH --cpus-per-gpu=6
#SBATCH --mem-per-gpu=40G
#SBATCH --time=90:00
#SBATCH --hold
#SBATCH --nice=500
#SBATCH --comment="weekly evaluation # not a comment"

python evaluate.py --checkpoint last
