#!/bin/bash
#SBATCH --job-name=resnet50-baseline
#SBATCH --account=vision/baselines
#SBATCH --partition=gpu
#SBATCH --gres=gpu:a100:1
#SBATCH --cpus-per-task=8
#SBATCH --mem=64G
#SBATCH --time=1-12:00:00
#SBATCH --output=logs/%x-%j.out
#SBATCH --error=logs/%x-%j.err
#SBATCH --mail-type=END,FAIL
#SBATCH --mail-user=someone@example.org

module purge
module load cuda/12.4
source "$HOME/envs/vision/bin/activate"

python train.py --data /datasets/imagenet --workers "$SLURM_CPUS_PER_TASK"
