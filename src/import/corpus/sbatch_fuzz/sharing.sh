#!/bin/bash
#SBATCH -J notebooks
#SBATCH --gres=mps:25,lscratch:200
#SBATCH --constraint="intel&ib"
#SBATCH --no-requeue
#SBATCH --reservation=course
#SBATCH --qos=interactive
#SBATCH --licenses=matlab:1
#SBATCH -x node[01-04,07]
#SBATCH --tmp=20G
#SBATCH --begin=2026-01-20T12:34:00 --deadline=2026-01-21

jupyter lab --no-browser
