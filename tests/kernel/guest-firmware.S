/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All the software of a small virtual machine: a firmware of 64 KiB that does
 * what the driver of a guest does to its interrupts. It gives the device in
 * slot 5 an address, switches MSI-X on, and unmasks the first vectors of the
 * table, whose number is the first byte of the image. Then it sleeps. A reset
 * of the machine begins it anew.
 */
#define BAR		0xd0000000
#define SLOT_5		(0x80000000 | 5 << 11)
#define STACK		0x7000

	.section .text
	.globl _start
_start:
vectors:
	.byte	0

	.balign	8
gdt:
	.quad	0
	.quad	0x00cf9b000000ffff	/* 0x08: code, 4 GiB from 0 */
	.quad	0x00cf93000000ffff	/* 0x10: data, the same */
gdt_pointer:
	.word	. - gdt - 1
	.long	gdt

	.code16
start:
	cli
	lgdtl	%cs:gdt_pointer - _start
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpl	$0x08, $flat

	.code32
flat:
	movw	$0x10, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$STACK, %esp

	movl	$0x10, %eax		/* BAR 0 */
	call	select
	movl	$BAR, %eax
	outl	%eax, %dx
	movl	$0x14, %eax		/* and its upper half */
	call	select
	xorl	%eax, %eax
	outl	%eax, %dx
	movl	$0x04, %eax		/* decode memory, master the bus */
	call	select
	movl	$6, %eax
	outl	%eax, %dx

	movl	$0x34, %eax		/* the list of capabilities */
	call	select
	inl	%dx, %eax
next:
	andl	$0xfc, %eax
	jz	sleep
	movl	%eax, %ebx
	call	select
	inl	%dx, %eax
	cmpb	$0x11, %al		/* MSI-X */
	je	found
	shrl	$8, %eax
	jmp	next

found:
	movl	%eax, %ecx
	movl	%ebx, %eax
	call	select
	movl	%ecx, %eax
	orl	$0x80000000, %eax	/* enable */
	andl	$~0x40000000, %eax	/* mask nothing of the whole */
	outl	%eax, %dx
	leal	4(%ebx), %eax		/* where in BAR 0 the table is */
	call	select
	inl	%dx, %eax
	andl	$~7, %eax
	leal	BAR(%eax), %edi
	movzbl	vectors, %ecx
	jecxz	sleep
each:
	movl	$0xfee00000, (%edi)
	movl	$0, 4(%edi)
	movl	$0x40, 8(%edi)
	movl	$0, 12(%edi)		/* unmask */
	addl	$16, %edi
	loop	each
sleep:
	cli
	hlt
	jmp	sleep

/* Select a register of the device in slot 5: its data are at port %dx. */
select:
	orl	$SLOT_5, %eax
	movw	$0xcf8, %dx
	outl	%eax, %dx
	movw	$0xcfc, %dx
	ret

	.code16
	.org	0xfff0
	ljmp	$0xf000, $start - _start
	.org	0x10000
