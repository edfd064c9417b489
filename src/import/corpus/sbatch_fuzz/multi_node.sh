#!/bin/bash -l
#SBATCH -J llm-pretrain
#SBATCH -A research/llm
#SBATCH -p batch,long
#SBATCH -N 4
#SBATCH --ntasks-per-node=8
#SBATCH --gpus-per-node=h100:8
#SBATCH -c 12
#SBATCH --mem=0
#SBATCH -t 2-00:00:00
#SBATCH --exclusive
#SBATCH --signal=B:USR1@300
#SBATCH --requeue
#SBATCH --switches=1@00:30:00
#SBATCH --export=ALL,NCCL_DEBUG=INFO,OMP_NUM_THREADS=12

set -euo pipefail
export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
export MASTER_PORT=29500

trap 'touch /scratch/llm/stop' USR1
srun --cpu-bind=none python -m torch.distributed.run \
    --nnodes "$SLURM_NNODES" --node_rank "$SLURM_NODEID" \
    --nproc_per_node "$SLURM_GPUS_ON_NODE" pretrain.py
