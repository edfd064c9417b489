#!/bin/bash
#SBATCH -G 32
#SBATCH --constraint=h200
#SBATCH --signal=SIGTERM
#SBATCH --time=12:00:00 --time-min=04:00:00
#SBATCH --oversubscribe
#SBATCH --frobnicate=1
python run.py
