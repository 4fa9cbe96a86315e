/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * core/tph_abi_ioctl: the bytes that go to the kernel. Offsets and numbers
 * are written out here and not taken from the header, so that the header is
 * tested too.
 */
#include "unit.h"

#include "core/tph/abi.h"
#include "fake_ioctl.h"

static struct io io;

static struct tph_handle handle(void)
{
	return (struct tph_handle){ .abi = &tph_abi_ioctl,
				    .io = &io,
				    .fd = FAKE_FD };
}

static uint32_t word(unsigned int call, unsigned int offset)
{
	assert_true(call < fake_n && offset + 4 <= fake_calls[call].size);
	return fake_get32(fake_calls[call].bytes + offset);
}

/* Is all of [from, to) of a call 0? */
static bool is_zero(unsigned int call, size_t from, size_t to)
{
	assert_true(call < fake_n && to <= fake_calls[call].size);
	for (; from < to; from++)
		if (fake_calls[call].bytes[from])
			return false;
	return true;
}

/* GET_CAP */

static int answer_cap(unsigned int call, uint8_t *bytes)
{
	static const uint8_t cap[] = { 6, 1, 0x34, 0x02, 0, 0, 0, 0 };

	(void)call;
	memcpy(bytes + 8, cap, sizeof(cap));
	return 0;
}

static struct tph_handle with_cap(void)
{
	struct tph_handle h = handle();

	fake_answer = answer_cap;
	want_int(0, h.abi->get_cap(&h), NULL);
	return h;
}

#define CAP(X)                                                       \
	X(get_cap_goes_to_the_descriptor, FAKE_FD, fake_calls[0].fd) \
	X(request_is_3b7a, 0x3b7a, fake_calls[0].request)            \
	X(get_cap_has_argsz_16, 16, word(0, 0))                      \
	X(get_cap_is_op_0, 0, word(0, 4))                            \
	X(get_cap_hands_in_zeros, true, is_zero(0, 8, 16))           \
	X(modes_are_the_first_byte, 6, h.cap.modes)                  \
	X(table_is_the_second_byte, true, h.cap.table)               \
	X(size_is_the_second_word, 0x234, h.cap.table_size)          \
	X(capability_is_remembered, true, h.has_cap)

#define X(name, expected, got)                    \
	static void name(void **state)            \
	{                                         \
		struct tph_handle h = with_cap(); \
                                                  \
		(void)state, (void)h;             \
		want_int(expected, got, NULL);    \
	}
CAP(X)
#undef X

static void get_cap_is_asked_for_once(void **state)
{
	struct tph_handle h = with_cap();

	(void)state;
	h.abi->get_cap(&h);
	want_int(1, fake_n, NULL);
}

static int answer_eio(unsigned int call, uint8_t *bytes)
{
	(void)call, (void)bytes;
	return -EIO;
}

static int answer_enotty(unsigned int call, uint8_t *bytes)
{
	(void)call, (void)bytes;
	return -ENOTTY;
}

static int answer_eopnotsupp(unsigned int call, uint8_t *bytes)
{
	(void)call, (void)bytes;
	return -EOPNOTSUPP;
}

static int answer_einval(unsigned int call, uint8_t *bytes)
{
	(void)call, (void)bytes;
	return -EINVAL;
}

static void failed_get_cap_is_not_remembered(void **state)
{
	struct tph_handle h = handle();

	(void)state;
	fake_answer = answer_eio;
	h.abi->get_cap(&h);
	want_int(false, h.has_cap, NULL);
}

/* ENABLE and DISABLE */

static int enable_iv(void)
{
	struct tph_handle h = handle();

	return h.abi->enable(&h, 2);
}

static int disable(void)
{
	struct tph_handle h = handle();

	return h.abi->disable(&h);
}

#define CONTROL(X)                                                            \
	X(enable_has_argsz_16, enable_iv, 16, word(0, 0))                     \
	X(enable_is_op_1, enable_iv, 1, word(0, 4))                           \
	X(enable_hands_in_the_bit_of_the_mode, enable_iv, 2,                  \
	  fake_calls[0].bytes[8])                                             \
	X(reserved_bytes_of_enable_are_0, enable_iv, true, is_zero(0, 9, 16)) \
	X(disable_has_argsz_16, disable, 16, word(0, 0))                      \
	X(disable_is_op_2, disable, 2, word(0, 4))                            \
	X(disable_hands_in_zeros, disable, true, is_zero(0, 8, 16))

#define X(name, function, expected, got)       \
	static void name(void **state)         \
	{                                      \
		(void)state;                   \
		want_int(0, function(), NULL); \
		want_int(expected, got, NULL); \
	}
CONTROL(X)
#undef X

/* The probe */

static int probe(bool evidence)
{
	struct tph_handle h = handle();

	return h.abi->probe(&h, evidence);
}

/* A revision that writes its answer without looking at argsz, and more. */
static int answer_everywhere(unsigned int call, uint8_t *bytes)
{
	(void)call;
	memset(bytes, 0xff, FAKE_PROBE);
	return 0;
}

#define PROBE(X)                                                          \
	X(blind_probe_has_argsz_8, 8, word(0, 0))                         \
	X(blind_probe_is_op_0, 0, word(0, 4))                             \
	X(blind_probe_hands_in_4_kib_of_zeros, true, is_zero(0, 8, 4096)) \
	X(blind_probe_is_one_call, 1, fake_n)

#define X(name, expected, got)                   \
	static void name(void **state)           \
	{                                        \
		(void)state;                     \
		fake_answer = answer_everywhere; \
		want_int(0, probe(false), NULL); \
		want_int(expected, got, NULL);   \
	}
PROBE(X)
#undef X

#define PROBED(X)                                                             \
	X(blind_probe_takes_eopnotsupp_for_yes, answer_eopnotsupp, false, 0)  \
	X(blind_probe_passes_enotty_on, answer_enotty, false, -ENOTTY)        \
	X(blind_probe_passes_einval_on, answer_einval, false, -EINVAL)        \
	X(blind_probe_passes_eio_on, answer_eio, false, -EIO)                 \
	X(probe_with_evidence_passes_enotty_on, answer_enotty, true, -ENOTTY) \
	X(probe_with_evidence_bears_einval, answer_einval, true, 0)           \
	X(probe_with_evidence_bears_eopnotsupp, answer_eopnotsupp, true, 0)

#define X(name, answer, evidence, expected)                \
	static void name(void **state)                     \
	{                                                  \
		(void)state;                               \
		fake_answer = answer;                      \
		want_int(expected, probe(evidence), NULL); \
	}
PROBED(X)
#undef X

static void probe_with_evidence_is_get_cap(void **state)
{
	(void)state;
	probe(true);
	want_int(16, word(0, 0), NULL);
}

int main(void)
{
#define X(name, ...) cmocka_unit_test_teardown(name, fake_reset),
	const struct CMUnitTest tests[] = {
		CAP(X) CONTROL(X) PROBE(X) PROBED(X)
			X(get_cap_is_asked_for_once)
				X(failed_get_cap_is_not_remembered)
					X(probe_with_evidence_is_get_cap)
	};
#undef X

	return cmocka_run_group_tests_name("tph_abi_ioctl", tests, NULL, NULL);
}
