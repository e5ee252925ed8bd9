// Small steps around attention that would else go through the host: checks for NaN and infinities,
// score parts of GAT, features of added self-loops (`ops.rs`, `conv.rs`).

// Position of the first element that is not finite, into `first` (set to 2^64 - 1 before). A
// minimum does not depend on the order, and nothing is written if all is well.
template <typename T> __device__ void find_not_finite(u64 count, const T *x, u64 *first) {
    const u64 threads = u64(gridDim.x) * blockDim.x;
    for (u64 at = u64(blockIdx.x) * blockDim.x + threadIdx.x; at < count; at += threads) {
        if (!Number<T>::finite(x[at])) {
            atomicMin(first, at);
            return; // this thread's later elements have larger numbers
        }
    }
}

// Dot product of each head's row with that head's attention vector: h [N, H, C], att [H, C], out
// [N, H]. `lanes` neighbouring threads, a power of two up to 32, share a row.
template <typename T>
__device__ void dot_heads(u64 rows, u32 heads, u32 channels, u32 lanes, const T *h, const T *att, T *out) {
    const u64 thread = u64(blockIdx.x) * blockDim.x + threadIdx.x;
    const u64 row = thread / lanes;
    const u32 lane = thread % lanes;
    T sum = T(0);
    if (row < rows) {
        const T *x = h + row * channels;
        const T *weight = att + row % heads * channels;
        for (u32 c = lane; c < channels; c += lanes) sum += x[c] * weight[c];
    }
    for (u32 offset = lanes / 2; offset > 0; offset /= 2) sum += __shfl_xor_sync(FULL, sum, offset);
    if (row < rows && lane == 0) out[row] = sum;
}

// Features [kept + N, D]: those of kept edges, then of each node's added self-loop the mean over the
// node's other edges, zeros if it has none. A thread for each number; sums run in edge order.
template <typename T>
__device__ void fill_loop_rows(u32 nodes, u32 kept_count, u32 width, const u32 *kept, const u32 *row_start,
                               const u32 *slot_edge, const T *given, T *out) {
    const u64 at = u64(blockIdx.x) * blockDim.x + threadIdx.x;
    const u64 row = at / width;
    const u32 column = at % width;
    if (row < kept_count) {
        out[at] = given[kept[row] * u64(width) + column];
    } else if (row < u64(kept_count) + nodes) {
        const u64 node = row - kept_count;
        T sum = T(0), count = T(0);
        for (u64 slot = row_start[node]; slot < row_start[node + 1]; ++slot) {
            const u32 edge = slot_edge[slot];
            if (edge < kept_count) {
                sum += given[kept[edge] * u64(width) + column];
                count += T(1);
            }
        }
        out[at] = sum / (count > T(1) ? count : T(1));
    }
}

#ifdef GAT_SCALAR
extern "C" __global__ void first_not_finite(u64 count, const GAT_SCALAR *x, u64 *first) {
    find_not_finite<GAT_SCALAR>(count, x, first);
}

extern "C" __global__ void head_dot(u64 rows, u32 heads, u32 channels, u32 lanes, const GAT_SCALAR *h,
                                    const GAT_SCALAR *att, GAT_SCALAR *out) {
    dot_heads<GAT_SCALAR>(rows, heads, channels, lanes, h, att, out);
}

extern "C" __global__ void fill_loops(u32 nodes, u32 kept_count, u32 width, const u32 *kept,
                                      const u32 *row_start, const u32 *slot_edge, const GAT_SCALAR *given,
                                      GAT_SCALAR *out) {
    fill_loop_rows<GAT_SCALAR>(nodes, kept_count, width, kept, row_start, slot_edge, given, out);
}
#endif
