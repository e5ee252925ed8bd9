// Attention for heads that do not fit the registers of a warp (`attention.cu` takes up to 512
// numbers a head): any number of channels, in two passes over the edges.
//
// One warp computes one destination and head. First it computes all scores, leaves them raw in
// `alpha` and keeps maximum and sum; then it adds up the rows, 128 columns at a time, edges in
// ascending order; last it turns scores into attention. `alpha` must not be null.

template <typename T, bool DYNAMIC, bool EDGE>
__device__ void attend_wide_node(const Operands<T> &in, u32 node, u32 head) {
    typedef Number<T> Num;
    constexpr int COLUMNS = 4; // of a lane, 32 apart
    const u32 lane = threadIdx.x % 32;
    const u32 begin = in.row_start[node];
    const u32 end = in.row_start[node + 1];
    const u64 width = u64(in.heads) * in.channels;
    const u64 head_at = u64(head) * in.channels;
    const T *to = in.dst + node * width + head_at; // GATv2
    const T *weight = in.att + head_at;            // GATv2

    T max = Num::lowest(), sum = T(0);
    bool bad = false;
    for (u32 slot = begin; slot < end; ++slot) {
        const u32 source = in.slot_src[slot];
        const u64 edge = in.slot_edge[slot];
        T score = T(0);
        if (DYNAMIC) {
            const T *from = in.values + source * width + head_at;
            const T *by = in.edge + edge * width + head_at;
            for (u32 c = lane; c < in.channels; c += 32) {
                T part = from[c] + to[c];
                if (EDGE) part += by[c];
                score += weight[c] * leaky_relu(part, in.slope);
            }
            for (int offset = 16; offset > 0; offset /= 2) {
                score += __shfl_xor_sync(FULL, score, offset);
            }
        } else {
            T part = in.src[u64(source) * in.heads + head] + in.dst[u64(node) * in.heads + head];
            if (EDGE) part += in.edge[edge * in.heads + head];
            score = leaky_relu(part, in.slope);
        }
        bad |= !Num::finite(score);
        const T top = score > max ? score : max;
        sum = sum * Num::exponential(max - top) + Num::exponential(score - top);
        max = top;
        if (lane == 0) in.alpha[edge * in.heads + head] = score;
    }
    if (bad && lane == 0) atomicMin(in.status, node);
    __syncwarp(); // raw scores are visible to all lanes

    const T below = sum + T(1e-16);
    bool bad_result = false;
    for (u64 first = 0; first < in.channels; first += 32 * COLUMNS) {
        T acc[COLUMNS] = {T(0), T(0), T(0), T(0)};
        for (u32 slot = begin; slot < end; ++slot) {
            const u64 edge = in.slot_edge[slot];
            const T share = Num::exponential(in.alpha[edge * in.heads + head] - max) / below;
            const T *from = in.values + in.slot_src[slot] * width + head_at;
#pragma unroll
            for (int k = 0; k < COLUMNS; ++k) {
                const u64 c = first + u64(k) * 32 + lane;
                if (c < in.channels) acc[k] += share * from[c];
            }
        }
#pragma unroll
        for (int k = 0; k < COLUMNS; ++k) {
            const u64 c = first + u64(k) * 32 + lane;
            if (c < in.channels) {
                in.out[node * width + head_at + c] = acc[k];
                bad_result |= !Num::finite(acc[k]);
            }
        }
    }
    if (bad_result) atomicMin(in.status + 1, node);
    __syncwarp(); // nobody reads raw scores any more

    for (u32 slot = begin + lane; slot < end; slot += 32) {
        T *alpha = in.alpha + u64(in.slot_edge[slot]) * in.heads + head;
        *alpha = Num::exponential(*alpha - max) / below;
    }
}

#ifdef GAT_SCALAR
// A warp for each of `count` nodes and each head.
extern "C" __global__ void __launch_bounds__(256) attend_wide(u32 count, OPERANDS) {
    const Operands<GAT_SCALAR> in = PACKED;
    const u64 item = u64(blockIdx.x) * 8 + threadIdx.x / 32;
    if (item / heads < count) {
        attend_wide_node<GAT_SCALAR, GAT_DYNAMIC, GAT_EDGE>(in, item / heads, item % heads);
    }
}
#endif
