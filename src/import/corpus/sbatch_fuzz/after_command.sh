#!/bin/bash
# Only what stands before the first command counts.
#SBATCH --time=10:00
##SBATCH --time=99:00
# SBATCH --mem=1G

hostname
#SBATCH --gres=gpu:8
#SBATCH --mem=512G
date
