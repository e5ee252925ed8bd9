// What the emulated kernels are held against: the reference, the order of lanes, the status words.
#pragma once

#include "harness.h"

template <typename T>
using Attend = void (*)(u32, u32, const u32 *, const u32 *, const u32 *, u32, u32, const T *, const T *,
                        const T *, const T *, const T *, T, T *, T *, u32 *);
template <typename T>
using Hubs = void (*)(const u32 *, const u32 *, const u32 *, const u32 *, u32, u32, const T *, const T *,
                      const T *, const T *, const T *, T, T *, T *, u32 *);
template <typename T>
using Wide = void (*)(u32, const u32 *, const u32 *, const u32 *, u32, u32, const T *, const T *, const T *,
                      const T *, const T *, T, T *, T *, u32 *);

static int failures = 0, cases_run = 0;
static double worst[2] = {0, 0}; // float, double

inline void complain(const Case &c, const std::string &what) {
    failures++;
    std::printf("FAILED %s N=%u H=%u C=%u seed=%llu: %s\n", c.name, c.nodes, c.heads, c.channels, c.seed, what.c_str());
}

template <typename T> struct Result {
    Guarded<T> out, alpha;
    u32 status[2] = {~0u, ~0u};
    Result(size_t out, size_t alpha) : out(out, T(NAN)), alpha(alpha, T(NAN)) {}
};

// As the host does it: kernel/cuda/launch.rs.
template <typename T>
void run(Problem<T> &p, Result<T> &to, bool alpha, Attend<T> attend, Hubs<T> hubs, Wide<T> wide) {
    const Case &c = p.c;
    const u32 most = 12, parts = (c.heads + c.heads_of_a_warp - 1) / c.heads_of_a_warp;
    std::vector<u32> large;
    for (u32 node = 0; node < c.nodes; ++node) {
        if (p.degree[node] > most) large.push_back(node);
    }
    T *kept = alpha || c.wide ? to.alpha.data : nullptr;
#define THE_OPERANDS                                                                               \
    p.row_start.data, p.slot_src.data, p.slot_edge.data, c.heads, c.channels, p.values.data,       \
        p.src.data, p.dst.data, p.edge.data, p.att.data, T(0.2), to.out.data, kept, to.status
    const u32 blocks = (c.nodes * parts + 7) / 8;
    if (c.wide) {
        emulator::launch(blocks, 256, [&] { wide(c.nodes, THE_OPERANDS); });
        return;
    }
    emulator::launch(blocks, 256, [&] { attend(c.nodes, most, THE_OPERANDS); });
    emulator::launch(large.size() * parts, 512, [&] { hubs(large.data(), THE_OPERANDS); });
}

template <typename T> double difference(Guarded<T> &ours, const std::vector<double> &expected) {
    double most = 0;
    for (size_t at = 0; at < ours.size; ++at) {
        const double error = std::fabs(ours[at] - expected[at]);
        most = error <= most ? most : error; // NaN stays
    }
    return most;
}

template <typename T> void check(const Case &c, Attend<T> attend, Hubs<T> hubs, Wide<T> wide) {
    cases_run++;
    Problem<T> p(c);
    const size_t out_size = size_t(c.nodes) * c.heads * c.channels, alpha_size = size_t(p.edges) * c.heads;
    Result<T> first(out_size, alpha_size), backward(out_size, alpha_size), bare(out_size, alpha_size);
    run<T>(p, first, true, attend, hubs, wide);
    const u32 none = ~0u;
    if (c.special == SCORE_OVERFLOWS || c.special == RESULT_OVERFLOWS) {
        const bool in_score = c.special == SCORE_OVERFLOWS;
        if (p.bad_node == none) complain(c, "the case spoils no node");
        if (first.status[0] != (in_score ? p.bad_node : none)) complain(c, "wrong node of the score");
        if (!in_score && first.status[1] != p.bad_node) complain(c, "wrong node of the result");
        return;
    }
    if (first.status[0] != none || first.status[1] != none) complain(c, "overflow is reported for nothing");
    std::vector<double> out, alpha;
    p.reference(out, alpha);
    const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-12;
    const double error = std::max(difference(first.out, out), difference(first.alpha, alpha));
    double &most = worst[sizeof(T) == 8];
    most = error <= most ? most : error;
    if (!(difference(first.out, out) <= tolerance)) complain(c, "out is off by " + std::to_string(difference(first.out, out)));
    if (!(difference(first.alpha, alpha) <= tolerance)) complain(c, "alpha is off by " + std::to_string(difference(first.alpha, alpha)));

    emulator::descending = true;
    run<T>(p, backward, true, attend, hubs, wide);
    emulator::descending = false;
    run<T>(p, bare, false, attend, hubs, wide);
    auto differ = [](Guarded<T> &a, Guarded<T> &b) { return std::memcmp(a.data, b.data, a.size * sizeof(T)) != 0; };
    if (differ(first.out, backward.out) || differ(first.alpha, backward.alpha)) complain(c, "the order of lanes shows");
    if (differ(first.out, bare.out)) complain(c, "out depends on whether attention is kept");
}

// The small kernels: dense.cu.
template <typename T, typename Finite, typename Dot, typename Fill>
void check_dense(Finite first_not_finite, Dot head_dot, Fill fill_loops) {
    cases_run++;
    const Case c{"dense", 5, 0, 0, 0, 0, 0, false, false, false, PLAIN};
    Random random{9};
    for (u32 channels : {1u, 3u, 8u, 31u, 100u}) {
        const u32 nodes = 37, heads = 3, lanes = [&] { u32 l = 1; while (l < channels && l < 32) l *= 2; return l; }();
        Guarded<T> h(nodes * heads * channels), att(heads * channels), out(nodes * heads);
        for (size_t at = 0; at < h.size; ++at) h[at] = T(random.unit());
        for (size_t at = 0; at < att.size; ++at) att[at] = T(random.unit());
        const u64 rows = nodes * heads;
        emulator::launch(u32((rows * lanes + 255) / 256), 256, [&] { head_dot(rows, heads, channels, lanes, h.data, att.data, out.data); });
        for (u32 row = 0; row < rows; ++row) {
            double sum = 0;
            for (u32 at = 0; at < channels; ++at) sum += double(h[row * channels + at]) * att[row % heads * channels + at];
            if (!(std::fabs(sum - out[row]) < 1e-5)) { complain(c, "head_dot"); break; }
        }
        u64 found = ~0ull;
        emulator::launch(2, 256, [&] { first_not_finite(u64(h.size), h.data, &found); });
        if (found != ~0ull) complain(c, "finite numbers are refused");
        const size_t at = h.size / 2;
        h[at] = T(INFINITY), h[h.size - 1] = T(NAN);
        emulator::launch(2, 256, [&] { first_not_finite(u64(h.size), h.data, &found); });
        if (found != at) complain(c, "the first bad number is not found");
    }
    // Edges 0-3, edge 1 was a loop: kept 0, 2, 3; then a loop for each of three nodes.
    Guarded<u32> kept(3), row_start(4), slot_edge(6);
    const u32 k[] = {0, 2, 3}, r[] = {0, 3, 5, 6}, s[] = {0, 2, 3, 1, 4, 5};
    std::copy(k, k + 3, kept.data), std::copy(r, r + 4, row_start.data), std::copy(s, s + 6, slot_edge.data);
    Guarded<T> given(8), filled(12, T(NAN));
    for (int at = 0; at < 8; ++at) given[at] = T(at * at);
    emulator::launch(1, 256, [&] { fill_loops(3u, 3u, 2u, kept.data, row_start.data, slot_edge.data, given.data, filled.data); });
    const double expected[] = {0, 1, 16, 25, 36, 49, 18, 25, 16, 25, 0, 0};
    for (int at = 0; at < 12; ++at) {
        if (!(filled[at] == T(expected[at]))) complain(c, "fill_loops at " + std::to_string(at));
    }
}
