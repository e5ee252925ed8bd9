// Attention over incoming edges: scores, softmax and weighted sum in one pass, the operation of
// `AttentionKernel` (kernel/mod.rs). Compiled at run time by NVRTC for the device found; variant.rs
// chooses the numbers below. The same text is compiled by a C++ compiler for tests without a GPU
// (gat/tests/emulator/).
//
// One warp computes one destination, HEADS heads of it. Its lanes lie like this:
//
//     lane = (group * HEADS + head) * LANES + in_head
//
// A head's row of C numbers is read by LANES neighbouring lanes, VEC neighbouring numbers each,
// PASSES times: neighbouring lanes read neighbouring addresses. Rows shorter than a warp leave room
// for several GROUPS, each with an edge of its own. Destinations of high degree get a whole block
// (WARPS > 1), so that one of them does not keep the others waiting.
//
// Sums: a group adds its slots in ascending order; groups, then warps, are added in a fixed tree.
// No atomics take part, so bytes are the same from run to run. The softmax is the online one
// (Milakov and Gimelshein 2018): when a larger score comes, what was summed is scaled down.
//
// A score or result that is not finite leaves its node's number in `status`; the smallest stays.
// Only there atomics are used, and a minimum does not depend on the order.

// Softmax state of one head and the weighted sum of the columns that a lane holds.
template <typename T, int VEC, int PASSES> struct Partial {
    T max;
    T sum;
    Pack<T, VEC> acc[PASSES];

    // What was summed under a smaller maximum counts less under `top`.
    __device__ __forceinline__ void raise(T top) {
        const T scale = Number<T>::exponential(max - top);
        max = top;
        sum *= scale;
#pragma unroll
        for (int p = 0; p < PASSES; ++p) {
#pragma unroll
            for (int v = 0; v < VEC; ++v) acc[p].at[v] *= scale;
        }
    }
};

template <typename T, int VEC, int LANES, int HEADS, int PASSES, bool DYNAMIC, bool EDGE, int WARPS>
__device__ void attend_node(const Operands<T> &in, u32 node, u32 first_head, u32 warp) {
    typedef Number<T> Num;
    constexpr int SPAN = LANES * HEADS; // lanes of a group
    constexpr int GROUPS = 32 / SPAN;
    // Edges of a group that are read at once: as many as registers allow.
    constexpr int UNROLL = PASSES * sizeof(T) >= 16 ? 1 : 16 / (PASSES * sizeof(T));
    constexpr int STEP = GROUPS * UNROLL;
    const u32 lane = threadIdx.x % 32;
    const u32 group = lane / SPAN;
    const u32 in_head = lane % LANES;
    const u32 mine = first_head + lane % SPAN / LANES;
    const bool live = mine < in.heads;
    // A head too many computes what the last one computes, and writes nothing.
    const u32 head = live ? mine : in.heads - 1;
    // Slots fit u32 with room for a step beyond the end: the host sees to it.
    const u32 begin = in.row_start[node];
    const u32 end = in.row_start[node + 1];
    const u64 width = u64(in.heads) * in.channels;
    const u64 head_at = u64(head) * in.channels;

    u32 column[PASSES];
    Pack<T, VEC> to[PASSES], weight[PASSES];
    T to_score = T(0);
#pragma unroll
    for (int p = 0; p < PASSES; ++p) {
        column[p] = (u32(p) * LANES + in_head) * VEC;
        if (DYNAMIC) {
            const bool wanted = column[p] < in.channels;
            to[p] = load<T, VEC>(in.dst + node * width + head_at, column[p], wanted);
            weight[p] = load<T, VEC>(in.att + head_at, column[p], wanted);
        }
    }
    if (!DYNAMIC) to_score = in.dst[u64(node) * in.heads + head];

    Partial<T, VEC, PASSES> part;
    part.max = Num::lowest();
    part.sum = T(0);
#pragma unroll
    for (int p = 0; p < PASSES; ++p) part.acc[p] = zeros<T, VEC>();
    bool bad_score = false;

    // Sources are read one round ahead of the rows that they point to.
    u32 next[UNROLL];
    const u32 start = begin + warp * STEP;
#pragma unroll
    for (int u = 0; u < UNROLL; ++u) {
        const u32 slot = start + u * GROUPS + group;
        next[u] = slot < end ? in.slot_src[slot] : 0;
    }
    for (u32 base = start; base < end; base += STEP * WARPS) {
        Pack<T, VEC> row[UNROLL][PASSES];
        T score[UNROLL];
        bool valid[UNROLL];
        u32 source[UNROLL];
#pragma unroll
        for (int u = 0; u < UNROLL; ++u) {
            const u32 slot = base + u * GROUPS + group;
            const u32 ahead = slot + STEP * WARPS;
            valid[u] = slot < end;
            source[u] = next[u];
            const T *from = in.values + source[u] * width + head_at;
#pragma unroll
            for (int p = 0; p < PASSES; ++p) {
                row[u][p] = load<T, VEC>(from, column[p], valid[u] && column[p] < in.channels);
            }
            next[u] = ahead < end ? in.slot_src[ahead] : 0;
        }
        T top = part.max;
#pragma unroll
        for (int u = 0; u < UNROLL; ++u) {
            const u32 slot = base + u * GROUPS + group;
            u32 edge = 0;
            if (valid[u] && (EDGE || in.alpha)) edge = in.slot_edge[slot];
            score[u] = T(0);
            if (DYNAMIC) {
#pragma unroll
                for (int p = 0; p < PASSES; ++p) {
                    Pack<T, VEC> by = zeros<T, VEC>();
                    if (EDGE) {
                        const bool wanted = valid[u] && column[p] < in.channels;
                        by = load<T, VEC>(in.edge + edge * width + head_at, column[p], wanted);
                    }
#pragma unroll
                    for (int v = 0; v < VEC; ++v) {
                        const T sum = row[u][p].at[v] + to[p].at[v] + by.at[v];
                        score[u] += weight[p].at[v] * leaky_relu(sum, in.slope);
                    }
                }
#pragma unroll
                for (int offset = LANES / 2; offset > 0; offset /= 2) {
                    score[u] += __shfl_xor_sync(FULL, score[u], offset);
                }
            } else if (valid[u]) {
                T sum = in.src[u64(source[u]) * in.heads + head] + to_score;
                if (EDGE) sum += in.edge[u64(edge) * in.heads + head];
                score[u] = leaky_relu(sum, in.slope);
            }
            if (valid[u]) {
                bad_score |= !Num::finite(score[u]);
                if (score[u] > top) top = score[u];
                // Kept raw for now: the maximum is not known yet.
                if (in.alpha && live && in_head == 0) in.alpha[u64(edge) * in.heads + head] = score[u];
            }
        }
        part.raise(top);
#pragma unroll
        for (int u = 0; u < UNROLL; ++u) {
            const T share = valid[u] ? Num::exponential(score[u] - top) : T(0);
            part.sum += share;
#pragma unroll
            for (int p = 0; p < PASSES; ++p) {
#pragma unroll
                for (int v = 0; v < VEC; ++v) part.acc[p].at[v] += share * row[u][p].at[v];
            }
        }
    }
    if (bad_score && live) atomicMin(in.status, node);

    // Groups come together: after each step a group holds what two held before.
#pragma unroll
    for (int offset = SPAN; offset < 32; offset *= 2) {
        const T other = __shfl_xor_sync(FULL, part.max, offset);
        part.raise(other > part.max ? other : part.max);
        part.sum += __shfl_xor_sync(FULL, part.sum, offset);
#pragma unroll
        for (int p = 0; p < PASSES; ++p) {
#pragma unroll
            for (int v = 0; v < VEC; ++v) {
                part.acc[p].at[v] += __shfl_xor_sync(FULL, part.acc[p].at[v], offset);
            }
        }
    }
    // Then the warps of a block, in their order; each of them computes the same.
    if (WARPS > 1) {
        __shared__ Partial<T, VEC, PASSES> parts[WARPS][SPAN];
        if (group == 0) parts[warp][lane] = part;
        __syncthreads();
        part = parts[0][lane % SPAN];
        for (int w = 1; w < WARPS; ++w) {
            Partial<T, VEC, PASSES> other = parts[w][lane % SPAN];
            const T top = other.max > part.max ? other.max : part.max;
            part.raise(top);
            other.raise(top);
            part.sum += other.sum;
#pragma unroll
            for (int p = 0; p < PASSES; ++p) {
#pragma unroll
                for (int v = 0; v < VEC; ++v) part.acc[p].at[v] += other.acc[p].at[v];
            }
        }
    }

    const T below = part.sum + T(1e-16);
    bool bad_result = false;
    if (live && group == 0 && warp == 0) {
        T *row = in.out + node * width + head_at;
#pragma unroll
        for (int p = 0; p < PASSES; ++p) {
            if (column[p] < in.channels) {
#pragma unroll
                for (int v = 0; v < VEC; ++v) {
                    part.acc[p].at[v] /= below;
                    bad_result |= !Num::finite(part.acc[p].at[v]);
                }
                *reinterpret_cast<Pack<T, VEC> *>(row + column[p]) = part.acc[p];
            }
        }
    }
    if (bad_result) atomicMin(in.status + 1, node);

    if (in.alpha) {
        // Raw scores that other lanes wrote are visible behind a barrier; a block had one above.
        if (WARPS == 1) __syncwarp();
        const int at = lane % HEADS * LANES;
        const T max = __shfl_sync(FULL, part.max, at);
        const T sum = __shfl_sync(FULL, below, at);
        const u32 column_head = first_head + lane % HEADS;
        if (column_head < in.heads) {
            constexpr int ROWS = 32 / HEADS;
            for (u32 slot = begin + warp * ROWS + lane / HEADS; slot < end; slot += ROWS * WARPS) {
                T *alpha = in.alpha + u64(in.slot_edge[slot]) * in.heads + column_head;
                *alpha = Num::exponential(*alpha - max) / sum;
            }
        }
    }
}

#ifdef GAT_SCALAR
// A warp for each of `count` nodes and each GAT_HEADS heads, save nodes with more than `most` edges.
extern "C" __global__ void __launch_bounds__(256) attend(u32 count, u32 most, OPERANDS) {
    const Operands<GAT_SCALAR> in = PACKED;
    const u32 parts = (heads + GAT_HEADS - 1) / GAT_HEADS;
    const u64 item = u64(blockIdx.x) * 8 + threadIdx.x / 32;
    const u64 node = item / parts;
    if (node >= count || row_start[node + 1] - row_start[node] > most) return;
    attend_node<GAT_SCALAR, GAT_VEC, GAT_LANES, GAT_HEADS, GAT_PASSES, GAT_DYNAMIC, GAT_EDGE, 1>(in, node, item % parts * GAT_HEADS, 0);
}

// A block for each of the listed nodes and each GAT_HEADS heads.
extern "C" __global__ void __launch_bounds__(512) attend_hubs(const u32 *nodes, OPERANDS) {
    const Operands<GAT_SCALAR> in = PACKED;
    const u32 parts = (heads + GAT_HEADS - 1) / GAT_HEADS;
    const u32 node = nodes[blockIdx.x / parts];
    const u32 first = blockIdx.x % parts * GAT_HEADS;
    attend_node<GAT_SCALAR, GAT_VEC, GAT_LANES, GAT_HEADS, GAT_PASSES, GAT_DYNAMIC, GAT_EDGE, 16>(in, node, first, threadIdx.x / 32);
}
#endif
