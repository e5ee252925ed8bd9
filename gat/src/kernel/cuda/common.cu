// What all kernels share: element types, vectors, operands. Put before each of the other files.
// NVRTC has no standard headers, hence the names of our own.

typedef unsigned int u32;
typedef unsigned long long u64;

constexpr u32 FULL = 0xffffffffu;

template <typename T> struct Number;

template <> struct Number<float> {
    static __device__ float exponential(float x) { return expf(x); }
    static __device__ float lowest() { return -3.4028234663852886e38f; }
    static __device__ bool finite(float x) { return fabsf(x) <= 3.4028234663852886e38f; }
};

template <> struct Number<double> {
    static __device__ double exponential(double x) { return exp(x); }
    static __device__ double lowest() { return -1.7976931348623157e308; }
    static __device__ bool finite(double x) { return fabs(x) <= 1.7976931348623157e308; }
};

// VEC numbers that are read by one instruction.
template <typename T, int VEC> struct alignas(sizeof(T) * VEC) Pack {
    T at[VEC];
};

template <typename T, int VEC> __device__ __forceinline__ Pack<T, VEC> zeros() {
    Pack<T, VEC> pack;
#pragma unroll
    for (int v = 0; v < VEC; ++v) pack.at[v] = T(0);
    return pack;
}

// Numbers of a row at `column`, zeros beyond its end. C is a multiple of VEC.
template <typename T, int VEC>
__device__ __forceinline__ Pack<T, VEC> load(const T *row, u32 column, bool wanted) {
    return wanted ? *reinterpret_cast<const Pack<T, VEC> *>(row + column) : zeros<T, VEC>();
}

template <typename T> __device__ __forceinline__ T leaky_relu(T x, T slope) {
    return x > T(0) ? x : slope * x;
}

// Everything a kernel reads and writes. Shapes as in `AttentionInput`; GAT: src, dst [N, H], edge
// [E, H]; GATv2: dst [N, H, C], edge [E, H, C], att [H, C].
template <typename T> struct Operands {
    const u32 *row_start;
    const u32 *slot_src;
    const u32 *slot_edge;
    u32 heads;
    u32 channels;
    const T *values;
    const T *src;
    const T *dst;
    const T *edge;
    const T *att;
    T slope;
    T *out;
    T *alpha; // [E, H] in edge order, or null
    u32 *status; // lowest node with a bad score, lowest node with a bad result
};

// The same as parameters of a kernel, and packed again; GAT_SCALAR is float or double.
#define OPERANDS                                                                                   \
    const u32 *row_start, const u32 *slot_src, const u32 *slot_edge, u32 heads, u32 channels,       \
        const GAT_SCALAR *values, const GAT_SCALAR *src, const GAT_SCALAR *dst,                     \
        const GAT_SCALAR *edge, const GAT_SCALAR *att, GAT_SCALAR slope, GAT_SCALAR *out,           \
        GAT_SCALAR *alpha, u32 *status
#define PACKED                                                                                     \
    {row_start, slot_src, slot_edge, heads, channels, values, src,                                 \
     dst,       edge,     att,       slope, out,      alpha,  status}
