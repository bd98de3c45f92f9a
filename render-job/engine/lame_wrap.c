#include <stdint.h>

/*
 * Two functions of LAME that the linker replaces (ld(1), --wrap), as the encoder is linked
 * statically.
 *
 * has_SSE() tells whether its routines for SSE may be used. Where LAME was built without an
 * assembler it knows no better than no, and Debian's is: the routines are in the library, and
 * nobody calls them. Every x86-64 has SSE2.
 *
 * UpdateMusicCRC() adds up what was encoded for LAME's own information frame. Ours is made by
 * mp3.c.
 */
int __wrap_has_SSE(void);
void __wrap_UpdateMusicCRC(uint16_t *crc, const unsigned char *data, int len);

int
__wrap_has_SSE(void)
{
#ifdef __SSE2__
	return 1;
#else
	return 0;
#endif
}

void
__wrap_UpdateMusicCRC(uint16_t *crc, const unsigned char *data, int len)
{
}
